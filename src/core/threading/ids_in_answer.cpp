#include "core/threading/ids_in_answer.h"

#include <algorithm>

#include "base/text.h"

namespace orgo {
namespace {

constexpr std::size_t kIdsMax = 4;

void add(std::vector<std::string>& ids, std::string id) {
  if (ids.size() < kIdsMax && std::find(ids.begin(), ids.end(), id) == ids.end()) ids.push_back(std::move(id));
}

bool is_ses_token(std::string_view word) {
  if (word.size() < 50 || word.size() > 70 || word.front() != '0') return false;
  return std::count(word.begin(), word.end(), '-') >= 5 && std::all_of(word.begin(), word.end(), [](char c) {
           return (c >= '0' && c <= '9') || (c >= 'a' && c <= 'f') || c == '-';
         });
}

}  // namespace

std::vector<std::string> ids_in_answer(std::string_view answer) {
  std::vector<std::string> ids;
  answer = answer.substr(0, 1024);
  // Only where Exchange says that it is the mail's id: other systems put the recipient in brackets, which anybody
  // knows.
  if (const auto open = answer.find('<');
      open != std::string_view::npos && answer.find("InternalId=") != std::string_view::npos) {
    const auto id = answer.substr(open + 1, answer.substr(open + 1).find('>'));
    if (id.find('@') != std::string_view::npos && id.size() <= 250 &&
        id.find_first_of(" \t<") == std::string_view::npos)
      add(ids, std::string(id));
  }
  for (const auto word : split(answer, ' '))
    if (is_ses_token(word)) add(ids, "ses:" + std::string(word));
  return ids;
}

}  // namespace orgo
