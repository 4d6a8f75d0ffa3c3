//! A picture as the bytes of a PNG file. A card has few colours, so each point is a number in a list of them: half the
//! bytes of a picture with red, green and blue in each point.

use std::collections::HashMap;

use png::{BitDepth, ColorType, Compression, Encoder, EncodingError, Filter};
use resvg::tiny_skia::Pixmap;

/// Encodes a picture that nothing shows through.
pub(super) fn encode(picture: &Pixmap) -> Result<Vec<u8>, EncodingError> {
    let Some((palette, points)) = indexed(picture.data()) else {
        // A template with pictures or gradients.
        return picture.encode_png();
    };
    let mut bytes = Vec::new();
    let mut encoder = Encoder::new(&mut bytes, picture.width(), picture.height());
    encoder.set_color(ColorType::Indexed);
    encoder.set_depth(BitDepth::Eight);
    encoder.set_palette(palette);
    encoder.set_compression(Compression::High);
    encoder.set_filter(Filter::NoFilter);
    let mut writer = encoder.write_header()?;
    writer.write_image_data(&points)?;
    writer.finish()?;
    Ok(bytes)
}

/// The colours in the order in which they appear, and the number of each point's. `None` where they are too many for
/// a byte, or something shows through.
fn indexed(data: &[u8]) -> Option<(Vec<u8>, Vec<u8>)> {
    let mut palette = Vec::new();
    let mut numbers = HashMap::new();
    let mut points = Vec::with_capacity(data.len() / 4);
    // Most points have the colour of the one before.
    let mut last: (&[u8], u8) = (&[], 0);
    for point in data.chunks_exact(4) {
        if last.0 != point {
            let next = u8::try_from(numbers.len()).ok();
            let number = match numbers.get(point) {
                Some(number) => *number,
                None if point[3] == u8::MAX => {
                    palette.extend_from_slice(&point[..3]);
                    numbers.insert(point, next?);
                    next?
                }
                None => return None,
            };
            last = (point, number);
        }
        points.push(last.1);
    }
    Some((palette, points))
}

#[cfg(test)]
mod tests {
    use resvg::tiny_skia::Color;

    use super::*;

    #[test]
    fn a_picture_of_few_colours_is_small_and_the_same() {
        let mut picture = Pixmap::new(64, 64).unwrap();
        picture.fill(Color::from_rgba8(252, 250, 245, 255));
        picture.data_mut()[400..404].copy_from_slice(&[1, 2, 3, 255]);
        let small = encode(&picture).unwrap();
        assert!(small.len() < picture.encode_png().unwrap().len());
        let mut reader = png::Decoder::new(std::io::Cursor::new(&small));
        reader.set_transformations(png::Transformations::EXPAND);
        let mut reader = reader.read_info().unwrap();
        let mut points = vec![0; 64 * 64 * 3];
        reader.next_frame(&mut points).unwrap();
        let plain = picture.data().chunks_exact(4).flat_map(|point| &point[..3]);
        assert!(points.iter().eq(plain));
    }

    #[test]
    fn what_shows_through_or_has_many_colours_is_whole_too() {
        let mut picture = Pixmap::new(32, 32).unwrap();
        assert_eq!(indexed(picture.data()), None, "nothing was painted");
        for (number, point) in picture.data_mut().chunks_exact_mut(4).enumerate() {
            point.copy_from_slice(&[(number % 256) as u8, (number / 256) as u8, 0, 255]);
        }
        assert_eq!(indexed(picture.data()), None);
        assert_eq!(encode(&picture).unwrap()[..4], *b"\x89PNG");
    }
}
