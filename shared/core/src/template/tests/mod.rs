mod check;
mod definition;
mod fit;
mod properties;
mod raw;
mod render;
mod samples;
mod values;
