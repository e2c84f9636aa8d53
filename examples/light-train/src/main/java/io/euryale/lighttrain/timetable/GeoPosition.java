package io.euryale.lighttrain.timetable;

/// A place on earth, WGS 84.
///
/// @param latitude degrees north, -90 to 90
/// @param longitude degrees east, -180 to 180
public record GeoPosition(double latitude, double longitude) {

  private static final double METRES_PER_DEGREE = 111_195;

  public GeoPosition {
    if (!(Math.abs(latitude) <= 90 && Math.abs(longitude) <= 180)) {
      throw new IllegalArgumentException("No such place: " + latitude + ", " + longitude);
    }
  }

  /// How far another place of the same city is, as the crow flies.
  double metresTo(GeoPosition other) {
    return Math.hypot(metresEastTo(other), metresNorthTo(other));
  }

  double metresEastTo(GeoPosition other) {
    return (other.longitude - longitude) * METRES_PER_DEGREE * Math.cos(Math.toRadians(latitude));
  }

  double metresNorthTo(GeoPosition other) {
    return (other.latitude - latitude) * METRES_PER_DEGREE;
  }
}
