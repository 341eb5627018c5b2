#pragma once

#include <stdexcept>
#include <string>

namespace kapacitor::udf::host {

/// The UDF did what Kapacitor rejects, or dies of. The rule is a short, stable name for scripts;
/// what() says what happened and what Kapacitor does about it.
class rule_violation : public std::runtime_error {
 public:
  rule_violation(std::string rule, const std::string& what)
      : std::runtime_error(what), rule_(std::move(rule)) {}
  const std::string& rule() const { return rule_; }

 private:
  std::string rule_;
};

}  // namespace kapacitor::udf::host
