target_sources(kapacitor_udf_functions PRIVATE
  tracking/family.cpp
  tracking/change_window.cpp
  tracking/levels.cpp
  tracking/rate.cpp
  tracking/state.cpp)
