#include "settings.h"

#include <cstdio>
#include <cstdlib>
#include <sstream>

namespace simulated_gpu {

namespace {

/// A number, with K, M or G behind it if it counts bytes. Negative if it is none.
long long number(const std::string &value) {
  char *end = nullptr;
  long long result = strtoll(value.c_str(), &end, 10);
  if (end == value.c_str() || result < 0) {
    return -1;
  }
  switch (*end) {
  case 'G':
    result <<= 10;
    [[fallthrough]];
  case 'M':
    result <<= 10;
    [[fallthrough]];
  case 'K':
    result <<= 10;
    end++;
    break;
  default:
    break;
  }
  return *end == 0 ? result : -1;
}

template <typename T> bool set_number(T &target, const std::string &value, long long least, long long most) {
  long long parsed = number(value);
  if (parsed < least || parsed > most) {
    return false;
  }
  target = static_cast<T>(parsed);
  return true;
}

bool set_flag(bool &target, const std::string &value) {
  if (value != "true" && value != "false") {
    return false;
  }
  target = value == "true";
  return true;
}

bool set_choice(bool &target, const std::string &value, const char *yes, const char *no) {
  if (value != yes && value != no) {
    return false;
  }
  target = value == yes;
  return true;
}

Settings from_environment() {
  settings() = Settings{};
  const char *list = getenv("SIMULATED_GPU");
  std::istringstream items(list == nullptr ? "" : list);
  for (std::string item; std::getline(items, item, ',');) {
    size_t equals = item.find('=');
    if (equals == std::string::npos || !set(item.substr(0, equals), item.substr(equals + 1))) {
      fprintf(stderr, "simulated GPU: SIMULATED_GPU holds '%s', which is no setting\n", item.c_str());
      abort();
    }
  }
  return settings();
}

} // namespace

// Never destroyed: worker threads may still look at it while the process ends.
Settings &settings() {
  static Settings &current = *new Settings();
  return current;
}

bool set(const std::string &key, const std::string &value) {
  Settings &s = settings();
  if (key == "devices") {
    return set_number(s.devices, value, 0, 16);
  }
  if (key == "name") {
    s.name = value;
    return true;
  }
  if (key == "memory") {
    return set_number(s.memory, value, 0, 1LL << 40);
  }
  if (key == "architecture") {
    return set_number(s.architecture, value, 10, 999);
  }
  if (key == "multiprocessors") {
    return set_number(s.multiprocessors, value, 1, 1000);
  }
  if (key == "driver") {
    return set_number(s.driver, value, 1000, 99999);
  }
  if (key == "pools") {
    return set_flag(s.pools, value);
  }
  if (key == "order") {
    s.order = value == "backward" ? Order::Backward : value == "shuffled" ? Order::Shuffled : Order::Forward;
    return value == "forward" || value == "backward" || value == "shuffled";
  }
  if (key == "seed") {
    return set_number(s.seed, value, 0, 1LL << 62);
  }
  if (key == "streams") {
    return set_choice(s.lazy, value, "lazy", "eager");
  }
  if (key == "guard") {
    return set_choice(s.guard_before, value, "before", "behind");
  }
  if (key == "poison") {
    return set_flag(s.poison, value);
  }
  if (key == "workers") {
    return set_number(s.workers, value, 0, 64);
  }
  if (key == "timeout") {
    return set_number(s.timeout_seconds, value, 1, 3600);
  }
  return false;
}

void reset_settings() { from_environment(); }

} // namespace simulated_gpu
