#include "adapter/mail_files/pst.h"
#include "adapter/data_folder/write_file.h"

#include <fcntl.h>
#include <linux/audit.h>
#include <linux/filter.h>
#include <linux/seccomp.h>
#include <poll.h>
#include <sched.h>
#include <signal.h>
#include <sys/prctl.h>
#include <sys/resource.h>
#include <sys/syscall.h>
#include <sys/wait.h>
#include <unistd.h>

#include <array>
#include <cerrno>
#include <cstddef>
#include <cstring>
#include <fstream>

#include "adapter/mail_files/pst_store.h"
#include "base/text.h"
#include "base/yaml.h"

namespace orgo {
namespace {

namespace fs = std::filesystem;

constexpr std::string_view kMagic = "!BDN";
constexpr std::size_t kHead = 564;
constexpr std::size_t kSaidMost = 16'384;  // of what readpst says
constexpr Millis kLook{500};
constexpr const char* kDone = ".complete";  // beside the mails, when all were unpacked
constexpr const char* kPrograms[] = {"/usr/bin/readpst", "/usr/local/bin/readpst"};

std::string read_head(const fs::path& file, std::uint64_t& size) {
  std::error_code error;
  size = fs::file_size(file, error);
  std::string head(kHead, '\0');
  std::ifstream in(file, std::ios::binary);
  in.read(head.data(), static_cast<std::streamsize>(head.size()));
  head.resize(static_cast<std::size_t>(in.gcount()));
  return head;
}

/// Which file was unpacked here; another file, or a changed one, makes another mark.
std::string mark_of(const fs::path& file, std::uint64_t size) {
  std::error_code error;
  const auto changed = fs::last_write_time(file, error).time_since_epoch().count();
  return "orgo unpacked " + std::to_string(size) + " " + std::to_string(changed) + "\n";
}

/// No sockets, whatever the program is made to do. Allows all else: readpst needs little, but which calls its C library
/// makes is not ours to know.
bool forbid_sockets() {
#if defined(__x86_64__)
  constexpr std::uint32_t kArchitecture = AUDIT_ARCH_X86_64;
#elif defined(__aarch64__)
  constexpr std::uint32_t kArchitecture = AUDIT_ARCH_AARCH64;
#else
  return false;
#endif
#if defined(__x86_64__) || defined(__aarch64__)
  sock_filter rules[] = {
      BPF_STMT(BPF_LD | BPF_W | BPF_ABS, offsetof(seccomp_data, arch)),
      BPF_JUMP(BPF_JMP | BPF_JEQ | BPF_K, kArchitecture, 1, 0),
      BPF_STMT(BPF_RET | BPF_K, SECCOMP_RET_KILL_PROCESS),
      BPF_STMT(BPF_LD | BPF_W | BPF_ABS, offsetof(seccomp_data, nr)),
      BPF_JUMP(BPF_JMP | BPF_JGE | BPF_K, 0x40000000, 3, 0),  // the x32 calls of x86-64: another set of numbers
      BPF_JUMP(BPF_JMP | BPF_JEQ | BPF_K, __NR_socket, 2, 0),
      BPF_JUMP(BPF_JMP | BPF_JEQ | BPF_K, __NR_ptrace, 1, 0),
      BPF_STMT(BPF_RET | BPF_K, SECCOMP_RET_ALLOW),
      BPF_STMT(BPF_RET | BPF_K, SECCOMP_RET_ERRNO | EPERM),
  };
  sock_fprog program{static_cast<unsigned short>(std::size(rules)), rules};
  return ::prctl(PR_SET_SECCOMP, SECCOMP_MODE_FILTER, &program) == 0;
#endif
}

void limit(int what, std::uint64_t most) {
  const rlimit both{most, most};
  ::setrlimit(static_cast<__rlimit_resource>(what), &both);
}

/// In the child, between fork and exec: only calls that are safe there. Never returns.
[[noreturn]] void become_readpst(const char* program, const char* file, const char* folder, int said,
                                 const PstLimits& limits) {
  ::setpgid(0, 0);
  ::prctl(PR_SET_PDEATHSIG, SIGKILL);
  ::prctl(PR_SET_NO_NEW_PRIVS, 1, 0, 0, 0);
  const int nothing = ::open("/dev/null", O_RDWR | O_CLOEXEC);
  ::dup2(nothing, STDIN_FILENO);
  ::dup2(nothing, STDOUT_FILENO);
  ::dup2(said, STDERR_FILENO);
  limit(RLIMIT_AS, limits.memory);
  limit(RLIMIT_CPU, static_cast<std::uint64_t>(limits.time.count() / 1000 + 1));
  limit(RLIMIT_FSIZE, limits.file_size);
  limit(RLIMIT_CORE, 0);
  limit(RLIMIT_NOFILE, 256);
  const bool alone = ::unshare(CLONE_NEWUSER | CLONE_NEWNET) == 0;
  // Either holds it in; without any of the two it does not run.
  if (!forbid_sockets() && !alone) ::_exit(125);
  const char* const arguments[] = {program, "-e", "-8", "-D", "-q", "-o", folder, file, nullptr};
  const char* const environment[] = {"PATH=/usr/bin:/bin", "LC_ALL=C.UTF-8", nullptr};
  ::execve(program, const_cast<char* const*>(arguments), const_cast<char* const*>(environment));
  ::_exit(126);
}

PstContents count(const fs::path& folder) {
  PstContents contents;
  std::error_code error;
  for (fs::recursive_directory_iterator entry(folder, error), end; !error && entry != end; entry.increment(error)) {
    std::error_code ignored;
    if (!entry->is_regular_file(ignored) || entry->is_symlink(ignored)) continue;
    if (entry->path().filename() == kDone) continue;
    ++(entry->path().extension() == ".eml" ? contents.mails : contents.others);
  }
  return contents;
}

std::string last_words(std::string_view said) {
  std::string text;
  for (const char c : trim(said)) text += static_cast<unsigned char>(c) < 0x20 ? ' ' : c;
  if (text.size() > 300) text = text.substr(text.size() - 300);
  return text.empty() ? "it says nothing more" : "it says: " + text;
}

}  // namespace

bool is_pst(const fs::path& file) {
  std::uint64_t size = 0;
  return read_head(file, size).starts_with(kMagic);
}

Status check_pst_head(std::string_view head, std::uint64_t size) {
  const auto damaged = [](const std::string& why) {
    return failure(Errc::invalid_input, "the Outlook file is damaged: " + why);
  };
  if (!head.starts_with(kMagic)) return failure(Errc::invalid_input, "this is no Outlook file");
  if (head.size() < kHead) return damaged("it has only " + std::to_string(size) + " bytes; was it copied to its end?");
  const auto version =
      static_cast<unsigned char>(head[10]) | static_cast<unsigned>(static_cast<unsigned char>(head[11])) << 8U;
  const bool ansi = version == 14 || version == 15;
  if (!ansi && version < 21) return damaged("its version is " + std::to_string(version) + ", which there is not");
  std::uint64_t wanted = 0;
  for (std::size_t i = 0; i < (ansi ? 4U : 8U); ++i)
    wanted |= static_cast<std::uint64_t>(static_cast<unsigned char>(head[(ansi ? 168U : 184U) + i])) << (8U * i);
  if (wanted > size)
    return damaged("it should have " + std::to_string(wanted) + " bytes, and has " + std::to_string(size) +
                   "; was it copied to its end?");
  return {};
}

Result<PstContents> unpack_pst(const fs::path& file, const fs::path& folder, const PstLimits& limits,
                               const std::function<void(std::size_t files)>& progress) {
  std::uint64_t size = 0;
  const auto head = read_head(file, size);
  if (const auto good = check_pst_head(head, size); !good) return tl::unexpected(good.error().in(file.string()));
  const bool password = pst_has_password(file).value_or(false);
  const auto mark = mark_of(file, size);
  const auto done = folder / kDone;
  {
    std::ifstream kept(done);
    std::string line;
    if (std::getline(kept, line) && line + "\n" == mark) {
      auto contents = count(folder);
      contents.reused = true;
      contents.password = password;
      return contents;
    }
  }
  std::error_code error;
  fs::remove_all(folder, error);
  fs::create_directories(folder, error);
  if (error) return failure(Errc::unavailable, folder.string() + ": " + error.message());
  fs::permissions(folder, fs::perms::owner_all, error);
  if (const auto space = fs::space(folder, error); !error && space.available < size * 2)
    return failure(Errc::unavailable, "unpacking " + file.string() + " needs about " + format_bytes(size * 2) + " in " +
                                          folder.string() + ", and there are " + format_bytes(space.available));
  const char* program = nullptr;
  for (const auto* candidate : kPrograms)
    if (program == nullptr && ::access(candidate, X_OK) == 0) program = candidate;
  if (program == nullptr)
    return failure(Errc::unavailable, "the program readpst is not installed; on Debian: apt install pst-utils");

  int ends[2];
  if (::pipe2(ends, O_CLOEXEC) != 0) return failure(Errc::unavailable, std::string("no pipe: ") + std::strerror(errno));
  const auto whole_file = fs::absolute(file, error).string();
  const auto whole_folder = fs::absolute(folder, error).string();
  const pid_t child = ::fork();
  if (child < 0) {
    ::close(ends[0]);
    ::close(ends[1]);
    return failure(Errc::unavailable, std::string("no process: ") + std::strerror(errno));
  }
  if (child == 0) become_readpst(program, whole_file.c_str(), whole_folder.c_str(), ends[1], limits);
  ::close(ends[1]);
  ::fcntl(ends[0], F_SETFL, O_NONBLOCK);
  const auto deadline = within(limits.time);
  std::string said;
  int status = 0;
  std::string stopped;
  for (bool ended = false; !ended;) {
    pollfd waiting{ends[0], POLLIN, 0};
    ::poll(&waiting, 1, static_cast<int>(kLook.count()));
    std::array<char, 4096> buffer{};
    for (ssize_t got = 0; (got = ::read(ends[0], buffer.data(), buffer.size())) > 0;)
      if (said.size() < kSaidMost) said.append(buffer.data(), static_cast<std::size_t>(got));
    ended = ::waitpid(child, &status, WNOHANG) == child;
    if (ended) break;
    const auto so_far = count(folder);
    if (progress) progress(so_far.mails + so_far.others);
    if (so_far.mails + so_far.others > limits.files)
      stopped = "it holds more than " + std::to_string(limits.files) + " things";
    if (std::chrono::steady_clock::now() > deadline) stopped = "it took more than " + format_duration(limits.time);
    if (stopped.empty()) continue;
    ::kill(-child, SIGKILL);
    ::waitpid(child, &status, 0);
    ended = true;
  }
  ::kill(-child, SIGKILL);  // its children, should there be any
  ::close(ends[0]);
  if (!stopped.empty()) return failure(Errc::resource_exhausted, file.string() + " was not unpacked: " + stopped);
  if (WIFSIGNALED(status)) {
    const int signal = WTERMSIG(status);
    if (signal == SIGXCPU || signal == SIGXFSZ)
      return failure(
          Errc::resource_exhausted,
          file.string() + " was not unpacked: " +
              (signal == SIGXCPU ? "too much work" : "one mail is larger than " + format_bytes(limits.file_size)));
    return failure(Errc::invalid_input, file.string() + ": the Outlook file is damaged: readpst ended by signal " +
                                            std::to_string(signal) + ". Outlook's own scanpst.exe may mend it");
  }
  if (WEXITSTATUS(status) == 125)
    return failure(Errc::unavailable,
                   "this system can't hold readpst in (neither namespaces nor seccomp), so it was not run");
  if (WEXITSTATUS(status) != 0)
    return failure(Errc::invalid_input, file.string() + ": readpst can't read it (exit " +
                                            std::to_string(WEXITSTATUS(status)) + "); " + last_words(said) +
                                            ". Outlook's own scanpst.exe may mend it");
  auto contents = count(folder);
  contents.password = password;
  if (contents.mails + contents.others == 0 && !trim(said).empty())
    return failure(Errc::invalid_input, file.string() + ": nothing could be read of it; " + last_words(said));
  ORGO_CHECK(write_file(done.string(), mark));
  return contents;
}

}  // namespace orgo
