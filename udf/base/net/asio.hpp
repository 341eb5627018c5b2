#pragma once

// Boost 1.74's Asio needs it and does not include it.
#include <utility>

#include <boost/asio/buffer.hpp>
#include <boost/asio/error.hpp>
#include <boost/asio/io_context.hpp>
#include <boost/asio/posix/stream_descriptor.hpp>
#include <boost/asio/post.hpp>
#include <boost/asio/steady_timer.hpp>
#include <boost/system/error_code.hpp>

namespace kapacitor {

namespace asio = boost::asio;
using boost::system::error_code;

}  // namespace kapacitor
