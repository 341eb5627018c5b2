target_sources(kapacitor_udf_functions PRIVATE
  detection/family.cpp
  detection/outlier_score.cpp
  detection/outliers.cpp
  detection/weighted_range.cpp
  detection/windowed_range.cpp)
