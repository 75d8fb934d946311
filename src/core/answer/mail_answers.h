#pragma once
#include <cstdint>

namespace orgo {

/// What becomes of a colleague's answer by mail to a notification of ours.
enum class MailAnswers : std::uint8_t {
  forward,  ///< it goes on to the customer
  comment,  ///< it stays with the task, and who wrote it is told so
};

}  // namespace orgo
