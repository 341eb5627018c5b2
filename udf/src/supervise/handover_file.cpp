#include "supervise/handover_file.hpp"

#include <sys/mman.h>
#include <sys/stat.h>
#include <unistd.h>

#include <cerrno>
#include <cstring>
#include <string>
#include <system_error>
#include <utility>

#include "api/hash.hpp"
#include "base/text/error.hpp"
#include "journal/conversation.hpp"

namespace kapacitor::udf::supervise {
namespace {

constexpr std::string_view file_magic = "KUDH";
constexpr std::uint64_t seed = 0x68616e646f766572u, at_end = ~std::uint64_t{0};
constexpr std::uint32_t versions[] = {saved_version, journal::conversation::state_version};

template <class T>
std::string_view bytes_of(const T& x) {
  return {reinterpret_cast<const char*>(&x), sizeof x};
}

std::string text_of(const std::uint32_t* v) {
  return std::to_string(v[0]) + "." + std::to_string(v[1]);
}

[[noreturn]] void no_memory_for_state() {
  throw start_error("no memory for the state: " + std::generic_category().message(errno));
}

}  // namespace

handover_out::handover_out(saved_supervisor head)
    : file_(::memfd_create("kapacitor-udf state", MFD_CLOEXEC)), hash_(seed) {
  if (file_.get() < 0) no_memory_for_state();
  put(file_magic);
  put(bytes_of(versions));
  std::string record;
  state_writer(record).write(head);
  add(record);
}

void handover_out::add(std::string_view record) {
  const std::uint64_t size = record.size();
  put(bytes_of(size));
  put(record);
}

owned_fd handover_out::finish() {
  put(bytes_of(at_end));
  const auto hash = hash_;
  put(bytes_of(hash));
  return std::move(file_);
}

/// Hashed piece by piece, as they are read.
void handover_out::put(std::string_view bytes) {
  hash_ = agent::hash_bytes(bytes, hash_);
  while (!bytes.empty()) {
    const auto n = ::write(file_.get(), bytes.data(), bytes.size());
    if (n < 0 && errno == EINTR) continue;
    if (n <= 0) no_memory_for_state();
    bytes.remove_prefix(static_cast<std::size_t>(n));
  }
}

handover_in::handover_in(owned_fd file) : file_(std::move(file)) {
  struct stat status {};
  if (::fstat(file_.get(), &status) != 0 || status.st_size <= 0)
    throw state_error("there is no state");
  const auto size = static_cast<std::size_t>(status.st_size);
  void* const at = ::mmap(nullptr, size, PROT_READ, MAP_PRIVATE, file_.get(), 0);
  if (at == MAP_FAILED) throw state_error("the state cannot be read");
  all_ = {static_cast<const char*>(at), size};
  try {
    check();
    state_reader in(next());
    in.read(head_);
    if (!in.empty()) throw state_error("the state is damaged");
  } catch (...) {
    close();
    throw;
  }
}

handover_in::~handover_in() {
  close();
}

void handover_in::close() {
  if (!all_.empty()) ::munmap(const_cast<char*>(all_.data()), all_.size());
  all_ = rest_ = {};
  file_.reset();
}

void handover_in::check() {
  rest_ = all_;
  std::uint32_t found[2];
  if (!rest_.starts_with(file_magic) || rest_.size() < file_magic.size() + sizeof found)
    throw state_error("it is no state of this program");
  auto hash = agent::hash_bytes(take(file_magic.size()), seed);
  const auto version = take(sizeof found);
  hash = agent::hash_bytes(version, hash);
  std::memcpy(found, version.data(), sizeof found);
  if (std::memcmp(found, versions, sizeof found) != 0) {
    throw state_error("the state is of version " + text_of(found) + ", this program reads " +
                      text_of(versions));
  }
  const auto records = rest_;
  check_records(hash);
  rest_ = records;
}

void handover_in::check_records(std::uint64_t hash) {
  for (;;) {
    const auto size = take_number();
    hash = agent::hash_bytes(bytes_of(size), hash);
    if (size == at_end) break;
    hash = agent::hash_bytes(take(size), hash);
  }
  if (take_number() != hash) throw state_error("the state is damaged");
}

std::string_view handover_in::take(std::size_t n) {
  if (rest_.size() < n) throw state_error("the state is cut off");
  const auto taken = rest_.substr(0, n);
  rest_.remove_prefix(n);
  return taken;
}

std::uint64_t handover_in::take_number() {
  std::uint64_t number = 0;
  std::memcpy(&number, take(sizeof number).data(), sizeof number);
  return number;
}

std::string_view handover_in::next() {
  const auto size = take_number();
  if (size == at_end) throw state_error("the state lacks a conversation");
  return take(size);
}

}  // namespace kapacitor::udf::supervise
