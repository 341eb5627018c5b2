#pragma once

#include <vector>

#include "signal/signal.hpp"

namespace kapacitor::generator {

/// Puts value(row) of each row into the column; one loop for each way to join, so that each is
/// short.
template <class F>
void fill_column(row_range rows, join how, double* out, F value) {
  switch (how) {
    case join::set:
      for (std::size_t i = 0; i < rows.count; ++i) out[i] = value(rows.first + i);
      return;
    case join::add:
      for (std::size_t i = 0; i < rows.count; ++i) out[i] += value(rows.first + i);
      return;
    case join::multiply:
      for (std::size_t i = 0; i < rows.count; ++i) out[i] *= value(rows.first + i);
      return;
  }
}

// One maker for each family of signals; null if the spec is not of the family.
std::unique_ptr<signal> make_level(const signal_spec& s, std::size_t rows);
std::unique_ptr<signal> make_wave(const signal_spec& s, std::size_t rows);
std::unique_ptr<signal> make_noise(const signal_spec& s, std::size_t rows);
std::unique_ptr<signal> make_walk(const signal_spec& s, std::size_t rows, double interval);

}  // namespace kapacitor::generator
