#include "supervise/conversation_record.hpp"

#include <fcntl.h>
#include <sys/mman.h>
#include <sys/socket.h>
#include <sys/stat.h>
#include <unistd.h>

#include <algorithm>
#include <atomic>
#include <cerrno>
#include <cstring>
#include <string>
#include <system_error>
#include <utility>

#include "base/text/error.hpp"
#include "supervise/saved_state.hpp"

namespace kapacitor::udf::supervise {
namespace {

constexpr std::uint32_t magic = 0x5244554b;  // "KUDR"
constexpr std::size_t page_size = 4096;
constexpr std::size_t least_log = std::size_t{1} << 20;

constexpr std::size_t rounded(std::size_t n, std::size_t to) {
  return (n + to - 1) / to * to;
}

[[noreturn]] void no_memory() {
  throw start_error("no memory to keep a connection in: " + std::generic_category().message(errno));
}

/// What is written before it in the program is in memory before what is written after it: the
/// process may be killed between the two, and memory stays.
void then() {
  std::atomic_signal_fence(std::memory_order_seq_cst);
}

}  // namespace

struct conversation_record::page {
  std::uint32_t magic, versions[2];
  // Of two places one is the newest complete segment's.
  struct place {
    std::uint64_t at, size;
  } places[2];
  volatile std::uint32_t newest;
  std::uint32_t recovered;  // times, since bytes were moved
  std::uint32_t note_size;
  char note[3072];
};

struct conversation_record::segment {
  std::uint64_t state_size;
  // The call that moves bytes just now: the kernel writes into moved.msg_len that it has happened.
  std::uint64_t moving_at;  // where its entry is
  volatile std::uint32_t moving;
  ::mmsghdr moved;
  ::iovec piece;
};

struct conversation_record::entry {
  volatile std::uint32_t what;  // written last
  std::int64_t steady, wall;
  std::uint64_t n;
  void set_time(journal::conversation::moment now) {
    steady = now.steady.time_since_epoch().count();
    wall = std::chrono::nanoseconds(now.wall.time_since_epoch()).count();
  }
  char* data() { return reinterpret_cast<char*>(this) + sizeof(entry); }
  static std::size_t size_with(std::size_t data) { return sizeof(entry) + rounded(data, 8); }
};

namespace {
bool has_data(recorded_call c) {
  return c == recorded_call::hear || c == recorded_call::answers || c == recorded_call::detach;
}
}  // namespace

conversation_record::conversation_record(std::string_view note)
    : file_(::memfd_create("kapacitor-udf conversation", MFD_CLOEXEC)) {
  if (file_.get() < 0 || ::ftruncate(file_.get(), page_size) != 0) no_memory();
  page_ = ::mmap(nullptr, page_size, PROT_READ | PROT_WRITE, MAP_SHARED, file_.get(), 0);
  if (page_ == MAP_FAILED) no_memory();
  auto& p = first();
  p.versions[0] = saved_version;
  p.versions[1] = journal::conversation::state_version;
  if (note.size() <= sizeof p.note) {
    p.note_size = static_cast<std::uint32_t>(note.size());
    std::memcpy(p.note, note.data(), note.size());
  }
  p.magic = magic;
}

std::string conversation_record::note_in(int fd) {
  page p;
  if (::pread(fd, &p, sizeof p, 0) != static_cast<ssize_t>(sizeof p) || p.magic != magic) return {};
  return {p.note, std::min<std::size_t>(p.note_size, sizeof p.note)};
}

conversation_record::conversation_record(owned_fd file) : file_(std::move(file)) {
  struct stat status {};
  if (::fstat(file_.get(), &status) != 0 || status.st_size < static_cast<off_t>(page_size))
    throw state_error("it is no conversation");
  page_ = ::mmap(nullptr, page_size, PROT_READ | PROT_WRITE, MAP_SHARED, file_.get(), 0);
  if (page_ == MAP_FAILED) no_memory();
  const auto& p = first();
  const auto place = p.places[p.newest & 1];
  const bool whole = p.magic == magic && place.size > sizeof(segment) &&
                     place.at + place.size <= static_cast<std::uint64_t>(status.st_size);
  const bool known =
      p.versions[0] == saved_version && p.versions[1] == journal::conversation::state_version;
  if (whole && known) here_ = map(place.at, place.size);
  if (here_.bytes && current().state_size <= here_.size - sizeof(segment)) {
    end_ = sizeof(segment) + rounded(current().state_size, 8);
    return;
  }
  unmap();
  throw state_error(whole && !known ? "the conversation is of another version"
                                    : "the conversation is damaged");
}

conversation_record::~conversation_record() {
  unmap();
}

void conversation_record::unmap() {
  if (here_.bytes) ::munmap(here_.bytes, here_.size);
  ::munmap(page_, page_size);
}

auto conversation_record::first() const -> page& {
  return *static_cast<page*>(page_);
}
auto conversation_record::current() const -> segment& {
  return *reinterpret_cast<segment*>(here_.bytes);
}
auto conversation_record::at(std::size_t offset) const -> entry& {
  return *reinterpret_cast<entry*>(here_.bytes + offset);
}

auto conversation_record::map(std::uint64_t at, std::size_t size) const -> mapping {
  void* const mapped = ::mmap(nullptr, size, PROT_READ | PROT_WRITE, MAP_SHARED, file_.get(),
                              static_cast<off_t>(at));
  if (mapped == MAP_FAILED) no_memory();
  return {static_cast<char*>(mapped), at, size};
}

void conversation_record::begin(std::string_view state) {
  const auto log = std::max(least_log, state.size());
  const auto before = std::exchange(
      here_, grow_by(rounded(sizeof(segment) + rounded(state.size(), 8) + log, page_size)));
  current().state_size = state.size();
  std::memcpy(here_.bytes + sizeof(segment), state.data(), state.size());
  end_ = sizeof(segment) + rounded(state.size(), 8);
  auto& p = first();
  const auto next = (p.newest & 1) ^ 1;
  p.places[next] = {here_.at, here_.size};
  then();
  p.newest = next;
  then();
  if (!before.bytes) return;
  ::munmap(before.bytes, before.size);
  ::fallocate(file_.get(), FALLOC_FL_PUNCH_HOLE | FALLOC_FL_KEEP_SIZE,
              static_cast<off_t>(before.at), static_cast<off_t>(before.size));
}

/// Room behind all that the file has.
auto conversation_record::grow_by(std::size_t size) const -> mapping {
  struct stat status {};
  ::fstat(file_.get(), &status);
  const auto at = static_cast<std::uint64_t>(status.st_size);
  if (::ftruncate(file_.get(), static_cast<off_t>(at + size)) != 0) no_memory();
  return map(at, size);
}

void conversation_record::add(const recorded& call) {
  auto& e = at(end_);
  e.set_time(call.now);
  e.n = has_data(call.what) ? call.data.size() : call.n;
  std::copy(call.data.begin(), call.data.end(), e.data());  // there may be none
  then();
  complete(call.what, call.data.size());
}

void conversation_record::complete(recorded_call what, std::size_t data) {
  at(end_).what = static_cast<std::uint32_t>(what);
  then();
  end_ += entry::size_with(data);
}

/// From now on it is known whether these bytes are moved.
::mmsghdr& conversation_record::about_to_move(recorded_call what, ::iovec piece) {
  auto& s = current();
  s.piece = piece;
  s.moved = {};
  s.moved.msg_hdr.msg_iov = &s.piece;
  s.moved.msg_hdr.msg_iovlen = 1;
  s.moving_at = end_;
  then();
  s.moving = static_cast<std::uint32_t>(what);
  then();
  return s.moved;
}

ssize_t conversation_record::receive(int socket, std::size_t most,
                                     journal::conversation::moment now) {
  auto& e = at(end_);
  e.set_time(now);
  auto& moved =
      about_to_move(recorded_call::hear, {e.data(), std::min(most, room() - 2 * sizeof(entry))});
  if (::recvmmsg(socket, &moved, 1, MSG_DONTWAIT, nullptr) != 1) return -1;
  then();
  const std::size_t n = moved.msg_len;
  if (n == 0) return 0;
  received_ = {e.data(), n};
  first().recovered = 0;
  e.n = n;
  then();
  complete(recorded_call::hear, n);
  return static_cast<ssize_t>(n);
}

ssize_t conversation_record::send(int socket, std::string_view bytes) {
  auto& moved = about_to_move(recorded_call::tell, {const_cast<char*>(bytes.data()), bytes.size()});
  if (::sendmmsg(socket, &moved, 1, MSG_DONTWAIT | MSG_NOSIGNAL) != 1) return -1;
  then();
  const std::size_t n = moved.msg_len;
  at(end_).n = n;
  then();
  first().recovered = 0;
  if (n != 0) complete(recorded_call::tell, 0);
  return static_cast<ssize_t>(n);
}

void conversation_record::count_recovery() {
  constexpr std::uint32_t most = 10;
  if (++first().recovered > most)
    throw state_error("the last " + std::to_string(most) + " processes have died of it");
}

std::string_view conversation_record::state() const {
  return {here_.bytes + sizeof(segment), current().state_size};
}

std::optional<recorded> conversation_record::next() {
  if (room() < sizeof(entry)) return std::nullopt;
  auto& e = at(end_);
  if (e.what == 0 && !complete_last(e)) return std::nullopt;
  recorded r;
  r.what = static_cast<recorded_call>(e.what);
  r.now = {journal::conversation::clock::time_point(std::chrono::nanoseconds(e.steady)),
           std::chrono::system_clock::time_point(std::chrono::nanoseconds(e.wall))};
  r.n = e.n;
  const std::size_t data = has_data(r.what) ? e.n : 0;
  if (r.what > recorded_call::stop || data > room() - sizeof(entry))
    throw state_error("the conversation is damaged");
  r.data = {e.data(), data};
  end_ += entry::size_with(data);
  return r;
}

/// Bytes may have been moved just before the end. Returns: whether they were
bool conversation_record::complete_last(entry& e) {
  const auto& s = current();
  if (s.moving_at != end_ || s.moved.msg_len == 0) return false;
  e.n = s.moved.msg_len;
  then();
  e.what = s.moving;
  return true;
}

}  // namespace kapacitor::udf::supervise
