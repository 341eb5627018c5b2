#include "session/snapshot.hpp"

#include <cstdint>
#include <exception>

#include "api/hash.hpp"
#include "base/text/quote.hpp"
#include <kapacitor/udf/state.hpp>

namespace kapacitor::udf::agent {
namespace {

constexpr std::string_view magic = "KUDF";
constexpr unsigned char newest_format = 2;  // 1: all options, no cookie; never released
constexpr std::uint64_t seed = 0x6b61706163697400u;

void put_text(state_writer& out, std::string_view text) {
  out.count(text.size());
  out.raw(text.data(), text.size());
}

// How long the state is, is known when it is written: its length takes as many bytes as any.
constexpr std::size_t length_size = 9;
void put_length(char* at, std::uint64_t n) {
  for (std::size_t i = 0; i + 1 < length_size; ++i, n >>= 7) at[i] = static_cast<char>(n | 0x80);
  at[length_size - 1] = static_cast<char>(n);
}

std::string_view get_text(state_reader& in) {
  return in.view(in.count(1));
}

/// The snapshot without its hash. Errors: state_error where it is no snapshot or damaged
std::string_view checked(std::string_view snapshot) {
  if (!snapshot.starts_with(magic)) throw state_error("the snapshot is not one of this agent");
  std::uint64_t hash = 0;
  if (snapshot.size() < magic.size() + 1 + sizeof hash)
    throw state_error("the snapshot is cut off");
  const auto body = snapshot.substr(0, snapshot.size() - sizeof hash);
  std::memcpy(&hash, snapshot.data() + body.size(), sizeof hash);
  if (hash != hash_bytes(body, seed)) throw state_error("the snapshot is damaged");
  return body.substr(magic.size());
}

std::string or_defaults(const std::string& options) {
  return options.empty() ? "all at their defaults" : options;
}

void expect(std::string_view what, std::string_view there, std::string_view here) {
  if (there == here) return;
  throw state_error("the snapshot is of " + std::string(what) + " " + in_quotes(there) +
                    ", the task has " + in_quotes(here));
}

}  // namespace

std::string pack_snapshot(const function& f, task& t, const snapshot_parts& parts) {
  std::string snapshot(parts.headroom, '\0');
  state_writer out(snapshot);
  out.raw(magic.data(), magic.size());
  out.raw(&newest_format, 1);
  put_text(out, f.name);
  put_text(out, t.fingerprint());
  out.raw(&f.state_version, sizeof f.state_version);
  put_text(out, parts.cookie);
  const auto length_at = snapshot.size();
  snapshot.append(length_size, '\0');
  t.save(snapshot);
  const auto length = snapshot.size() - length_at - length_size;
  if (length == 0 && parts.cookie.empty()) return {};
  put_length(snapshot.data() + length_at, length);
  const auto hash = hash_bytes(std::string_view(snapshot).substr(parts.headroom), seed);
  out.raw(&hash, sizeof hash);
  return snapshot;
}

std::string_view unpack_snapshot(const function& f, task& t, std::string_view snapshot) {
  if (snapshot.empty()) return {};
  state_reader in(checked(snapshot));
  unsigned char format = 0;
  in.raw(&format, 1);
  if (format != newest_format) {
    throw state_error("the snapshot has format " + std::to_string(format) +
                      ", this program reads format " + std::to_string(newest_format));
  }
  expect("the function", get_text(in), f.name);
  expect("the options", or_defaults(std::string(get_text(in))), or_defaults(t.fingerprint()));
  std::uint32_t version = 0;
  in.raw(&version, sizeof version);
  const auto cookie = get_text(in);
  t.load(get_text(in), version);
  return cookie;
}

}  // namespace kapacitor::udf::agent
