target_sources(kapacitor_udf_functions PRIVATE
  aggregation/aggregate.cpp
  aggregation/aggregate_options.cpp
  aggregation/cardinality.cpp
  aggregation/family.cpp
  aggregation/hyperloglog.cpp
  aggregation/quantile.cpp
  aggregation/space_saving.cpp
  aggregation/t_digest.cpp
  aggregation/top_k.cpp)
