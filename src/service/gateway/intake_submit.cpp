#include "service/gateway/intake_submit.h"

#include <future>

namespace orgo::gateway {

Submit submit_through(IntakeService& intake) {
  return [&intake](const Envelope& envelope, std::string bytes, Deadline deadline) -> Result<Accepted> {
    auto promise = std::make_shared<std::promise<Result<std::vector<Accepted>>>>();
    auto future = promise->get_future();
    intake.submit_for_ids({envelope}, std::make_shared<const std::string>(std::move(bytes)),
                          [promise](Result<std::vector<Accepted>> answer) { promise->set_value(std::move(answer)); });
    if (future.wait_until(deadline) != std::future_status::ready)
      return failure(Errc::deadline_exceeded, "the store did not answer in time");
    ORGO_TRY(answers, future.get());
    if (answers.size() != 1) return failure(Errc::corrupt, "intake gave no answer for the message");
    return answers[0];
  };
}

}  // namespace orgo::gateway
