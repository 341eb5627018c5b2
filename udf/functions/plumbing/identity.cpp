#include "functions/plumbing/identity.hpp"

namespace kapacitor::udf::functions {

udf::description identity::describe() {
  return {.computes =
              "Every point comes out as it went in: name, tags, fields, time, group. For "
              "measuring what the way through a function costs, and to give both branches "
              "of a `join` times of the same kind.",
          .outputs = {},
          .times = "Points leave in the order in which they come, whatever their times.",
          .cost = "One copy of the point's bytes.",
          .state = "None.",
          .source = {}};
}

udf::description identity_batch::describe() {
  return {.computes =
              "Every batch comes out as it went in. What any function emits has its times in UTC; "
              "a query's batches have local times, which Kapacitor's `join` never matches with "
              "those. A branch through `@identity_batch()` can be joined with one through another "
              "function.",
          .outputs = {},
          .times = "Points leave in the order in which they come, whatever their times.",
          .cost = "One copy of the batch's bytes.",
          .state = "None.",
          .source = {}};
}

}  // namespace kapacitor::udf::functions
