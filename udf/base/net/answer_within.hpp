#pragma once

#include <chrono>
#include <exception>
#include <future>
#include <memory>
#include <optional>
#include <utility>

namespace kapacitor {

/// Asks another thread: `post` has it call what it is given, as asio::post() to its loop.
///
/// Returns: what `ask` returns there; empty if that takes longer, because the thread is stuck
/// Errors: what `ask` throws; the other thread goes on
template <class Post, class Ask>
auto answer_within(std::chrono::milliseconds patience, Post post, Ask ask) {
  using answer = decltype(ask());
  // Who comes too late still has somebody to tell.
  const auto told = std::make_shared<std::promise<answer>>();
  auto result = told->get_future();
  post([told, ask = std::move(ask)] {
    try {
      told->set_value(ask());
    } catch (...) {
      told->set_exception(std::current_exception());
    }
  });
  const bool came = result.wait_for(patience) == std::future_status::ready;
  return came ? std::optional<answer>(result.get()) : std::nullopt;
}

}  // namespace kapacitor
