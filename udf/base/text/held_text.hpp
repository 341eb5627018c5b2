#pragma once

#include <cstddef>
#include <string>

namespace kapacitor {

/// Most bytes of text that a program holds at a time: a quarter of the memory that it may have, of
/// the machine, of its control group, of the process. What is unpacked, or has to be seen as a
/// whole, may be larger than any memory.
std::size_t most_held_text();

/// "more than 1984 MiB, a quarter of the memory there is", for a message.
std::string too_much_text(std::size_t most);

}  // namespace kapacitor
