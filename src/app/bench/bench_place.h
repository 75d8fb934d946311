#pragma once
#include <string>
#include <utility>

#include "base/result.h"

namespace orgo {

/// A new folder on the disk of the data folder, which need not be there yet, since what counts is the disk; gone at the
/// end.
class BenchFolder {
 public:
  static Result<BenchFolder> beside(const std::string& data);
  BenchFolder(BenchFolder&& other) noexcept : path_(std::exchange(other.path_, {})) {}
  BenchFolder(const BenchFolder&) = delete;
  BenchFolder& operator=(const BenchFolder&) = delete;
  ~BenchFolder();
  [[nodiscard]] const std::string& path() const { return path_; }
  [[nodiscard]] std::string place() const;  ///< where it lies

 private:
  explicit BenchFolder(std::string path) : path_(std::move(path)) {}
  std::string path_;
};

struct BenchDatabase {
  std::string url{};  ///< empty: the embedded one
  std::string password{};
};
/// Errors of the password's file.
Result<BenchDatabase> bench_database(const std::string& url, const std::string& password_file);
/// conflict: it holds data already, which a load would be mixed with. Nothing is changed there.
Status check_bench_database(const BenchDatabase& database, const std::string& folder);

}  // namespace orgo
