#pragma once

#include <memory>
#include <optional>
#include <string>
#include <vector>

#include "base/text/error.hpp"
#include "produced.hpp"
#include "replay/replay_feed.hpp"
#include "support/temp_dir.hpp"

namespace generator_test {

/// Files that a test makes, and what comes out of their replay.
class Replayed {
 public:
  /// Makes a file, which `settings` then name.
  void file(const std::string& name, const std::string& content) {
    settings.path = folder / name;
    test_support::write_file(settings.path, content);
  }
  const gen::replay_file& open() { return opened.emplace(settings); }

  /// All of it, at full speed.
  std::string all(gen::replay_shard shard = {}) {
    auto plan = gen::plan_of(settings);
    plan.speed = 0;
    plan.shard = shard;
    return run(open(), plan);
  }
  std::string run(const gen::replay_file& from, const gen::replay_feed::plan& plan) {
    const auto label = [this](const gen::replay_label& l) { labels.push_back(l); };
    gen::replay_feed feed(from, plan, label, kapacitor::steady_time{});
    kept_batches to;
    while (!feed.finished()) feed.produce(kapacitor::steady_time{}, to);
    std::string text;
    for (const auto& b : to.got) text += b.lines;
    return text;
  }
  /// Why the file is refused, without the folder it is in.
  std::string refusal() {
    try {
      open();
    } catch (const kapacitor::usage_error& error) {
      std::string text = error.what();
      const auto at = text.find(folder.path().string());
      return at == std::string::npos ? text : text.erase(at, folder.path().string().size() + 1);
    }
    return "";
  }

  test_support::temp_dir folder;
  gen::replay_settings settings;
  std::optional<gen::replay_file> opened;
  std::vector<gen::replay_label> labels;
};

}  // namespace generator_test
