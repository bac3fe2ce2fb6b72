#include "tests/support/places.h"

namespace cambium {

const std::string& sourceDir() {
  static const std::string dir = CAMBIUM_SOURCE_DIR;
  return dir;
}

const std::string& binaryDir() {
  static const std::string dir = CAMBIUM_BINARY_DIR;
  return dir;
}

}  // namespace cambium
