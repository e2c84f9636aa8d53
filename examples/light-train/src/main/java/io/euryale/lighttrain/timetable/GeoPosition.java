package io.euryale.lighttrain.timetable;

/// A place on earth, WGS 84.
///
/// @param latitude degrees north, -90 to 90
/// @param longitude degrees east, -180 to 180
public record GeoPosition(double latitude, double longitude) {

  public GeoPosition {
    if (!(Math.abs(latitude) <= 90 && Math.abs(longitude) <= 180)) {
      throw new IllegalArgumentException("No such place: " + latitude + ", " + longitude);
    }
  }
}
