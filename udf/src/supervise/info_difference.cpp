#include "supervise/info_difference.hpp"

#include <cstdint>
#include <map>

#include "journal/frames.hpp"
#include "wire/cursor.hpp"
#include "wire/frame.hpp"
#include "wire/protocol_error.hpp"

namespace kapacitor::udf::supervise {
namespace {

constexpr std::uint32_t wants_number = 1, provides_number = 2, options_number = 3;
constexpr const char* message_name = "InfoResponse";

struct info {
  std::uint64_t wants = 0, provides = 0;
  std::map<std::string_view, std::string_view> options;  // and their types, as they are encoded
};

void add_option(info& to, std::string_view entry) {
  std::string_view name, types;
  for (wire::cursor in(entry, message_name); !in.done();) {
    const auto key = in.key();
    if (wire::type_of(key) != wire::wire_type::length) {
      in.skip(key);
    } else {
      (wire::number_of(key) == 1 ? name : types) = in.bytes();
    }
  }
  to.options[name] = types;
}

info read(std::string_view frame) {
  const auto whole = wire::first_frame(frame, frame.size());
  if (!whole) throw wire::protocol_error("InfoResponse is cut off");
  info found;
  for (wire::cursor in(journal::body_of(whole->message), message_name); !in.done();) {
    const auto key = in.key();
    if (key == wire::key_of(options_number, wire::wire_type::length)) {
      add_option(found, in.bytes());
    } else if (key == wire::key_of(wants_number, wire::wire_type::varint)) {
      found.wants = in.varint();
    } else if (key == wire::key_of(provides_number, wire::wire_type::varint)) {
      found.provides = in.varint();
    } else {
      in.skip(key);
    }
  }
  return found;
}

}  // namespace

std::string info_difference(std::string_view before, std::string_view now) {
  const auto old = read(before), young = read(now);
  if (old.wants != young.wants || old.provides != young.provides)
    return "it wants or provides another kind of edge";
  for (const auto& [name, types] : old.options) {
    const auto found = young.options.find(name);
    if (found == young.options.end()) return "option " + std::string(name) + " is gone";
    if (found->second != types) return "option " + std::string(name) + " takes other types";
  }
  return {};
}

}  // namespace kapacitor::udf::supervise
