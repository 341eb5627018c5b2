#include "wire/envelope.hpp"

#include "wire/cursor.hpp"

namespace kapacitor::udf::wire {

envelope open_envelope(std::string_view message) {
  envelope found{message_kind::none, {}};
  for (cursor in(message, "the message"); !in.done();) {
    const auto key = in.key();
    if (type_of(key) != wire_type::length) in.fail("holds no message");
    const auto body = in.bytes();
    if (found.kind != message_kind::none) in.fail("holds more than one message");
    found = {static_cast<message_kind>(number_of(key)), body};
  }
  return found;
}

}  // namespace kapacitor::udf::wire
