#include "adapter/net/io_threads.h"

#include <pthread.h>

namespace orgo::net {

IoThreads::IoThreads(int count) : context_(count), work_(context_.get_executor()) {
  threads_.reserve(static_cast<std::size_t>(count));
  for (int i = 0; i < count; ++i) {
    threads_.emplace_back([this] {
      pthread_setname_np(pthread_self(), "orgo-net");
      context_.run();
    });
  }
}

IoThreads::~IoThreads() {
  stop();
}

void IoThreads::stop() {
  work_.reset();
  context_.stop();
  for (auto& thread : threads_) thread.join();
  threads_.clear();
}

}  // namespace orgo::net
