#pragma once
#include <boost/asio/executor_work_guard.hpp>
#include <boost/asio/io_context.hpp>
#include <thread>
#include <vector>

namespace orgo::net {

/// The one Asio context of the edges and the threads that run it. Everything that runs here must be quick: what blocks
/// (a store, a library) belongs on threads of its own and posts its answer back.
class IoThreads {
 public:
  /// Starts `count` threads, 1 or more.
  explicit IoThreads(int count);
  /// stop(), if nobody did.
  ~IoThreads();
  IoThreads(const IoThreads&) = delete;
  IoThreads& operator=(const IoThreads&) = delete;

  boost::asio::io_context& context() { return context_; }
  /// Drops what is pending and joins the threads; complete when it returns. Again is harmless. Listeners and doors stop
  /// before it, since they need the threads for their goodbyes. Not from one of the threads.
  void stop();

 private:
  boost::asio::io_context context_;
  boost::asio::executor_work_guard<boost::asio::io_context::executor_type> work_;
  std::vector<std::thread> threads_;
};

}  // namespace orgo::net
