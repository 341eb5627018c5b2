#pragma once

#include <functional>
#include <memory>
#include <string>
#include <vector>

#include "base/net/asio.hpp"
#include "base/text/log.hpp"
#include "supervise/supervisor.hpp"

namespace kapacitor::udf::supervise {

/// Puts the program that is in a file by now in the place of this one, with all sockets,
/// connections and workers, by exec: no byte is lost. Before, that program is asked whether it can
/// go on from here; if not, this one does.
///
/// Threads: that of the io_context
class handover {
 public:
  /// How the other program is started: it, its first words, and the arguments of this one. The
  /// question has what is handed over as its stdin, and says by its exit status 0 that it can, else
  /// why not, on stderr. To take over it gets the number of the file's descriptor.
  struct words {
    std::string program;
    std::string question, take_over;
    std::vector<std::string> arguments;
  };

  /// `refused`: is told why this program goes on.
  handover(asio::io_context& io, supervisor& of, words w, log_sink log,
           std::function<void(const std::string&)> refused);
  ~handover();
  handover(const handover&) = delete;
  handover& operator=(const handover&) = delete;

  /// Begins; comes back at once. If one is under way, that one is followed by another.
  void begin();

 private:
  class impl;
  std::unique_ptr<impl> impl_;
};

/// Signals of a supervisor, which wait while one program takes the place of another.
void block_signals();
void unblock_signals();

}  // namespace kapacitor::udf::supervise
