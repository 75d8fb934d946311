#include "app/storage/store_place.h"

namespace orgo {

SqlStoreOptions store_place(const Config& config) {
  SqlStoreOptions place;
  place.folder = *config.data.dir;
  place.database = *config.database.url;
  place.password = *config.database.password;
  place.mails = *config.files.store;
  return place;
}

SqlStoreOptions to_read(SqlStoreOptions place) {
  place.read_only = true;
  return place;
}

}  // namespace orgo
