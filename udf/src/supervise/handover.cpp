#include "supervise/handover.hpp"

#include <fcntl.h>
#include <pthread.h>
#include <signal.h>
#include <unistd.h>

#include <cerrno>
#include <chrono>
#include <exception>
#include <system_error>
#include <utility>

#include "base/text/error.hpp"

namespace kapacitor::udf::supervise {
namespace {

using namespace std::chrono_literals;

// It reads its configuration and thinks of nothing else.
constexpr auto answers_within = 10s;
// What the event loop has begun is done by then: a signal, or a connection that was accepted.
constexpr auto a_moment = 1ms;

void change_mask(int how) {
  sigset_t set;
  ::sigemptyset(&set);
  for (const int signal : {SIGTERM, SIGINT, SIGHUP}) ::sigaddset(&set, signal);
  ::pthread_sigmask(how, &set, nullptr);
}

void keep_open(const std::vector<int>& descriptors, bool keep) {
  for (const int fd : descriptors) ::fcntl(fd, F_SETFD, keep ? 0 : FD_CLOEXEC);
}

/// Comes back only if that fails: why.
int become(const std::vector<std::string>& words, const std::vector<int>& descriptors) {
  std::vector<char*> argv;
  argv.reserve(words.size() + 1);
  for (const auto& word : words) argv.push_back(const_cast<char*>(word.c_str()));
  argv.push_back(nullptr);
  ::close_range(3, ~0U, CLOSE_RANGE_CLOEXEC);
  keep_open(descriptors, true);
  ::execv(argv[0], argv.data());
  const int error = errno;
  keep_open(descriptors, false);
  return error;
}

}  // namespace

void block_signals() {
  change_mask(SIG_BLOCK);
}
void unblock_signals() {
  change_mask(SIG_UNBLOCK);
}

class handover::impl {
 public:
  impl(asio::io_context& io, supervisor& of, words w, log_sink log,
       std::function<void(const std::string&)> refused)
      : io_(io),
        supervisor_(of),
        words_(std::move(w)),
        log_(std::move(log)),
        on_refused_(std::move(refused)),
        timer_(io) {}

  void begin();

 private:
  void ask();
  void answered(const worker_end& end);
  void prepare();
  void exec();
  void refused(const std::string& why);
  std::vector<std::string> command(std::vector<std::string> words) const;

  asio::io_context& io_;
  supervisor& supervisor_;
  const words words_;
  const log_sink log_;
  const std::function<void(const std::string&)> on_refused_;
  asio::steady_timer timer_;
  std::unique_ptr<worker_process> question_;
  std::string said_;  // by it, last
  bool under_way_ = false, again_ = false;
};

void handover::impl::begin() {
  again_ = std::exchange(under_way_, true);
  if (again_) return;
  try {
    ask();
  } catch (const std::exception& problem) {
    refused(problem.what());
  }
}

void handover::impl::ask() {
  said_.clear();
  auto offer = supervisor_.hand_over(false);
  worker_start start{.what = worker_start::kind::agent, .function = words_.program};
  start.words = command({words_.question});
  start.connection = offer.file.release();
  question_ = std::make_unique<worker_process>(
      io_, std::move(start),
      worker_process::hooks{log_, [this](const worker_end& e) { answered(e); },
                            [this](std::string_view line) { said_ = line; }});
  timer_.expires_after(answers_within);
  timer_.async_wait([this](error_code error) {
    if (error || !question_) return;
    said_ = "it does not answer within 10 s";
    question_->kill();
  });
}

void handover::impl::answered(const worker_end& end) {
  timer_.cancel();
  question_.reset();
  if (end.signal != 0 || end.exit_status != 0) return refused(said_.empty() ? end.text() : said_);
  prepare();
}

/// A signal that comes from now on is the other program's; one that came before is heard first.
void handover::impl::prepare() {
  if (supervisor_.stopping()) return;
  block_signals();
  supervisor_.pause();
  timer_.expires_after(a_moment);
  timer_.async_wait([this](error_code error) {
    if (!error) exec();
  });
}

void handover::impl::exec() {
  if (supervisor_.stopping()) return unblock_signals();
  std::string problem;
  try {
    auto all = supervisor_.hand_over(true);
    all.descriptors.push_back(all.file.get());
    const auto all_words = command({words_.take_over, std::to_string(all.file.get())});
    problem = std::generic_category().message(become(all_words, all.descriptors));
  } catch (const std::exception& e) {
    problem = e.what();
  }
  supervisor_.start();
  unblock_signals();
  refused(problem);
}

void handover::impl::refused(const std::string& why) {
  log_line("no other program takes over, this one goes on with its workers")
      .add("program", words_.program)
      .add("error", why)
      .write(log_, log_level::error);
  on_refused_(why);
  under_way_ = false;
  if (std::exchange(again_, false)) asio::post(io_, [this] { begin(); });
}

std::vector<std::string> handover::impl::command(std::vector<std::string> words) const {
  words.insert(words.begin(), words_.program);
  words.insert(words.end(), words_.arguments.begin(), words_.arguments.end());
  return words;
}

handover::handover(asio::io_context& io, supervisor& of, words w, log_sink log,
                   std::function<void(const std::string&)> refused)
    : impl_(std::make_unique<impl>(io, of, std::move(w), std::move(log), std::move(refused))) {}
handover::~handover() = default;

void handover::begin() {
  impl_->begin();
}

}  // namespace kapacitor::udf::supervise
