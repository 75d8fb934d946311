#pragma once
#include <cstdint>
#include <string>
#include <utility>
#include <vector>

#include "base/hash.h"
#include "core/task/task.h"
#include "tests/support/tenants.h"

/// What the tests of find_thread() share.
namespace orgo {

inline const std::vector<std::string> kOwn{"@school.example"};

/// The hash of a content; one for each number.
inline Sha256 content_of(int number) {
  Sha256 content{};
  content[0] = static_cast<std::uint8_t>(number);
  return content;
}

inline Task task_of(std::int64_t number, std::string requester = "anna@customer.example",
                    std::string title = "Water leak") {
  Task task{.tenant = kTenant};
  task.number = TaskNumber{number};
  task.requester = mail_contact(std::move(requester));
  task.title = std::move(title);
  return task;
}

}  // namespace orgo
