package org.cryonext.models.recognize;

/** What a dimension of an activation counts; in the order of the engine's layout. */
enum Axis {
    IMAGE,
    HEIGHT,
    WIDTH,
    CHANNEL
}
