// Searching: how fast an index of N tasks is built, and how long searches in it take, by what is searched for. The
// words of the texts are as frequent as those of a language (Zipf: the nth most frequent one has 1/n of the first), of
// a vocabulary of 50,000. Prints JSON lines. Usage: search_bench [TASKS] [FOLDER]; the folder is made and left.
#include <algorithm>
#include <chrono>
#include <cmath>
#include <cstdio>
#include <cstdlib>
#include <filesystem>
#include <random>
#include <string>
#include <vector>

#include "adapter/sql/search_file.h"

namespace {

using namespace orgo;
using Steady = std::chrono::steady_clock;

constexpr int kVocabulary = 50'000;
constexpr int kWordsOfText = 80;
constexpr int kAtOnce = 500;
constexpr int kSearches = 200;

/// Pronounceable and its own: "kamoru".
std::string word(std::size_t number) {
  std::string out;
  for (number += 7; number > 0; number /= 100) {
    out += "bcdfghklmnprstvwzxjq"[number % 20];
    out += "aeiou"[(number / 20) % 5];
  }
  return out;
}

std::size_t draw(std::mt19937& random) {
  const double u = std::uniform_real_distribution<>(0, 1)(random);
  return static_cast<std::size_t>(std::pow(static_cast<double>(kVocabulary), u)) - 1;
}

search::Document document(std::int64_t number, std::mt19937& random) {
  Task task{.tenant = TenantId{1}, .number = TaskNumber{number}};
  task.state = random() % 20 == 0 ? TaskState::open : TaskState::closed;
  task.title = word(draw(random)) + " " + word(draw(random)) + " " + word(draw(random));
  task.team = word(random() % 20) + "@school.example";
  task.tags = {word(random() % 100)};
  task.created_at = TimePoint{Millis{1'700'000'000'000 + number * 30'000}};
  auto made = search::document_of(task);
  Message message;
  message.from =
      Address{word(random() % 5'000) + " " + word(random() % 5'000), word(random() % 5'000) + "@client.example"};
  message.subject = task.title;
  for (int i = 0; i < kWordsOfText; ++i) message.text += word(draw(random)) + " ";
  search::add_message(made, message);
  return made;
}

double seconds_since(Steady::time_point begin) {
  return std::chrono::duration<double>(Steady::now() - begin).count();
}

void build(SearchIndex& index, std::int64_t tasks) {
  std::mt19937 random(1);
  const auto begin = Steady::now();
  std::vector<search::Document> documents;
  for (std::int64_t i = 1; i <= tasks; ++i) {
    documents.push_back(document(i, random));
    if (documents.size() < kAtOnce && i < tasks) continue;
    if (!index.put(TenantId{1}, documents, {.sequence = i})) std::abort();
    documents.clear();
  }
  const auto took = seconds_since(begin);
  std::printf("{\"bench\":\"search_build\",\"tasks\":%lld,\"seconds\":%.1f,\"tasks_per_second\":%.0f}\n",
              static_cast<long long>(tasks), took, static_cast<double>(tasks) / took);
}

template <typename Text>
void search_for(SearchIndex& index, const char* what, std::int64_t tasks, const Text& text) {
  std::mt19937 random(2);
  std::vector<double> took;
  std::size_t hits = 0;
  for (int i = 0; i < kSearches; ++i) {
    const auto begin = Steady::now();
    const auto query = search::parse_query(text(random)).value();
    const auto found = index.find({.tenant = TenantId{1}, .query = query, .limit = 51}, Steady::now() + Millis{60'000});
    took.push_back(seconds_since(begin) * 1'000);
    if (!found) std::abort();
    hits += found->size();
  }
  std::sort(took.begin(), took.end());
  std::printf(
      "{\"bench\":\"search\",\"what\":\"%s\",\"tasks\":%lld,\"hits\":%.1f,\"ms_p50\":%.2f,\"ms_p95\":%.2f,"
      "\"ms_worst\":%.2f}\n",
      what, static_cast<long long>(tasks), static_cast<double>(hits) / kSearches, took[kSearches / 2],
      took[kSearches * 95 / 100], took.back());
}

}  // namespace

int main(int count, char** arguments) {
  const std::int64_t tasks = count > 1 ? std::max(1L, std::atol(arguments[1])) : 100'000;
  const std::filesystem::path folder =
      count > 2 ? arguments[2] : std::filesystem::temp_directory_path() / "orgo-search-bench";
  std::filesystem::remove(folder / "search.db");
  auto index = sql::open_search_index(folder.string()).value();
  build(*index, tasks);
  std::printf("{\"bench\":\"search_size\",\"tasks\":%lld,\"bytes_per_task\":%.0f}\n", static_cast<long long>(tasks),
              static_cast<double>(std::filesystem::file_size(folder / "search.db")) / static_cast<double>(tasks));
  const auto any = [](std::mt19937& random) { return word(draw(random)); };
  const auto prefix = [&](std::mt19937& random, std::size_t length) { return any(random).substr(0, length); };
  search_for(*index, "a word", tasks, any);
  search_for(*index, "two words", tasks, [&](auto& random) { return any(random) + " " + any(random); });
  search_for(*index, "three words", tasks,
             [&](auto& random) { return any(random) + " " + any(random) + " " + any(random); });
  search_for(*index, "a letter", tasks, [&](auto& random) { return prefix(random, 1); });
  search_for(*index, "two letters", tasks, [&](auto& random) { return prefix(random, 2); });
  search_for(*index, "four letters and a word", tasks,
             [&](auto& random) { return prefix(random, 4) + " " + any(random); });
  search_for(*index, "a phrase", tasks, [&](auto& random) { return "\"" + any(random) + " " + any(random) + "\""; });
  search_for(*index, "open, of a sender", tasks,
             [&](auto& random) { return "is:open from:" + word(random() % 5'000); });
  search_for(*index, "a word of open ones", tasks, [&](auto& random) { return "is:open " + any(random); });
  search_for(*index, "a word, not another", tasks, [&](auto& random) { return any(random) + " -" + any(random); });
  search_for(*index, "of the oldest day", tasks, [&](auto& random) { return any(random) + " before:2023-11-15"; });
}
