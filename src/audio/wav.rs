//! WAV files: read to 8 kHz mono whatever their rate, width and law; written as 16-bit PCM.
//!
//! `hound` reads linear files. It knows neither A-law nor µ-law, the usual form of recorded
//! prompts, so those two are read here.

use std::io::{self, Cursor, Read, Seek, SeekFrom, Write};

use crate::audio::{SAMPLE_RATE, g711};
use crate::base::codec::Codec;
use crate::base::limit;

/// Why a file is no prompt.
#[derive(Debug, PartialEq, Eq, thiserror::Error)]
pub enum WavFault {
    /// It does not open with a RIFF header of type WAVE.
    #[error("wanted a RIFF WAVE file, found something else")]
    NotWav,
    /// A chunk that must be there is missing or cut short.
    #[error("the `{0}` chunk is missing or cut short")]
    Chunk(&'static str),
    /// The sample rate is outside the range that can be brought to 8,000 Hz.
    #[error("wanted a rate from 8000 to {max} Hz, found {0}", max = limit::WAV_RATE_MAX)]
    Rate(u32),
    /// More channels or fewer than can be mixed.
    #[error("wanted 1 to {max} channels, found {0}", max = limit::WAV_CHANNELS_MAX)]
    Channels(u16),
    /// The file plays longer than a prompt may.
    #[error("longer than {max} s", max = limit::WAV_SECONDS_MAX)]
    TooLong,
    /// The format is none that can be read.
    #[error("{0}")]
    Format(String),
}

/// Half the length of the interpolation filter, in zero crossings of its sinc.
const FILTER_CROSSINGS: u32 = 16;
/// The filter's edge as a share of the lower of the two rates: 3,600 Hz at 8 kHz.
const FILTER_EDGE: f64 = 0.45;

/// Reads `bytes` as 8 kHz mono.
///
/// # Errors
///
/// Says what is wrong with a file that is not WAV, is cut short, or exceeds a limit.
pub fn read(bytes: &[u8]) -> Result<Vec<i16>, WavFault> {
    let format = Format::find(bytes)?;
    let law = match format.tag {
        Format::TAG_PCMA => Some(Codec::Pcma),
        Format::TAG_PCMU => Some(Codec::Pcmu),
        _ => None,
    };
    format.check()?;
    let samples = match law {
        Some(codec) => companded(codec, bytes, &format)?,
        None => linear(bytes, &format)?,
    };
    Ok(resample(&mix(&samples, format.channels), format.rate))
}

/// Writes 8 kHz mono samples as a 16-bit PCM file.
///
/// # Errors
///
/// Fails when there are more samples than a WAV file can count.
pub fn write(samples: &[i16]) -> Result<Vec<u8>, WavFault> {
    let spec = hound::WavSpec {
        channels: 1,
        sample_rate: SAMPLE_RATE,
        bits_per_sample: 16,
        sample_format: hound::SampleFormat::Int,
    };
    let mut file = Cursor::new(Vec::new());
    let mut writer = hound::WavWriter::new(&mut file, spec).map_err(format_fault)?;
    for &sample in samples {
        writer.write_sample(sample).map_err(format_fault)?;
    }
    writer.finalize().map_err(format_fault)?;
    Ok(file.into_inner())
}

/// A file of 8 kHz 16-bit samples that is written while they come.
pub struct Reel<W: Write + Seek>(hound::WavWriter<W>);

/// How many voices a reel has, side by side.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Channels {
    /// One.
    Mono,
    /// Left and right.
    Stereo,
}

impl<W: Write + Seek> Reel<W> {
    /// Begins a file.
    ///
    /// # Errors
    ///
    /// When the file cannot be written.
    pub fn begin(file: W, channels: Channels) -> io::Result<Self> {
        let channels = match channels {
            Channels::Mono => 1,
            Channels::Stereo => 2,
        };
        let sample_format = hound::SampleFormat::Int;
        let sample_rate = SAMPLE_RATE;
        let spec = hound::WavSpec { channels, sample_rate, bits_per_sample: 16, sample_format };
        Ok(Self(hound::WavWriter::new(file, spec).map_err(io_fault)?))
    }

    /// Adds samples, left before right.
    ///
    /// # Errors
    ///
    /// When the file cannot be written.
    pub fn write(&mut self, samples: impl IntoIterator<Item = i16>) -> io::Result<()> {
        samples.into_iter().try_for_each(|sample| self.0.write_sample(sample)).map_err(io_fault)
    }

    /// Makes the file whole as far as it is written.
    ///
    /// # Errors
    ///
    /// When the file cannot be written.
    pub fn settle(&mut self) -> io::Result<()> {
        self.0.flush().map_err(io_fault)
    }

    /// Ends the file.
    ///
    /// # Errors
    ///
    /// When the file cannot be written.
    pub fn end(self) -> io::Result<()> {
        self.0.finalize().map_err(io_fault)
    }
}

fn io_fault(fault: hound::Error) -> io::Error {
    match fault {
        hound::Error::IoError(fault) => fault,
        other @ (hound::Error::FormatError(_)
        | hound::Error::TooWide
        | hound::Error::UnfinishedSample
        | hound::Error::Unsupported
        | hound::Error::InvalidSampleFormat) => io::Error::other(other),
    }
}

/// The bytes before the samples of a [`Reel`].
const REEL_HEAD: u64 = 44;

/// Makes a [`Reel`]'s file whole that was cut off in the middle, and says how many samples each
/// voice has.
///
/// # Errors
///
/// When the file is shorter than its head, or cannot be read or written.
pub fn mend(file: &mut (impl Read + Write + Seek)) -> io::Result<u64> {
    let mut head = [0; 44];
    file.rewind()?;
    file.read_exact(&mut head)?;
    let fault = || io::Error::other("wanted a file with a whole head, found another");
    let channels = match head {
        [b'R', b'I', b'F', b'F', .., _] => head.get(22).copied().unwrap_or(0),
        _ => 0,
    };
    if !(1..=2).contains(&channels) {
        return Err(fault());
    }
    let width = 2 * u64::from(channels);
    let samples = file.seek(SeekFrom::End(0))?.saturating_sub(REEL_HEAD) / width;
    let data = u32::try_from(samples * width).map_err(|_| fault())?;
    let riff = data.checked_add(36).ok_or_else(fault)?;
    for (at, size) in [(4, riff), (40, data)] {
        file.seek(SeekFrom::Start(at))?;
        file.write_all(&size.to_le_bytes())?;
    }
    file.flush()?;
    Ok(samples)
}

#[derive(Debug)]
struct Format {
    tag: u16,
    channels: u16,
    rate: u32,
    bits: u16,
}

impl Format {
    const TAG_PCMA: u16 = 6;
    const TAG_PCMU: u16 = 7;

    fn find(bytes: &[u8]) -> Result<Self, WavFault> {
        let body = chunk(bytes, *b"fmt ")?.ok_or(WavFault::Chunk("fmt"))?;
        let half = |at: usize| {
            let pair = body.get(at..at + 2).and_then(|pair| pair.try_into().ok());
            pair.map(u16::from_le_bytes).ok_or(WavFault::Chunk("fmt"))
        };
        let rate = u32::from(half(4)?) | u32::from(half(6)?) << 16;
        Ok(Self { tag: half(0)?, channels: half(2)?, rate, bits: half(14)? })
    }

    fn check(&self) -> Result<(), WavFault> {
        if !(SAMPLE_RATE..=limit::WAV_RATE_MAX).contains(&self.rate) {
            return Err(WavFault::Rate(self.rate));
        }
        if !(1..=limit::WAV_CHANNELS_MAX).contains(&self.channels) {
            return Err(WavFault::Channels(self.channels));
        }
        Ok(())
    }

    fn samples_max(&self) -> usize {
        let per_second = usize::try_from(self.rate).unwrap_or(usize::MAX);
        let per_second = per_second.saturating_mul(usize::from(self.channels));
        per_second.saturating_mul(limit::WAV_SECONDS_MAX)
    }
}

/// The body of the first chunk named `name`; a last chunk that promises too much is cut.
fn chunk(bytes: &[u8], name: [u8; 4]) -> Result<Option<&[u8]>, WavFault> {
    let Some((head, mut rest)) = bytes.split_at_checked(12) else { return Err(WavFault::NotWav) };
    if !head.starts_with(b"RIFF") || !head.ends_with(b"WAVE") {
        return Err(WavFault::NotWav);
    }
    while let Some((&found, after)) = rest.split_first_chunk::<4>() {
        let Some((&size, body)) = after.split_first_chunk::<4>() else { break };
        let size = usize::try_from(u32::from_le_bytes(size)).unwrap_or(usize::MAX);
        let body_here = body.get(..size).unwrap_or(body);
        if found == name {
            return Ok(Some(body_here));
        }
        // A chunk of odd length is followed by one byte of padding.
        rest = body.get(size.saturating_add(size % 2)..).unwrap_or_default();
    }
    Ok(None)
}

fn companded(codec: Codec, bytes: &[u8], format: &Format) -> Result<Vec<i16>, WavFault> {
    if format.bits != 8 {
        return Err(WavFault::Format(format!("wanted 8 bits of G.711, found {}", format.bits)));
    }
    let body = chunk(bytes, *b"data")?.ok_or(WavFault::Chunk("data"))?;
    if body.len() > format.samples_max() {
        return Err(WavFault::TooLong);
    }
    Ok(body.iter().map(|&byte| g711::decode(codec, byte)).collect())
}

fn linear(bytes: &[u8], format: &Format) -> Result<Vec<i16>, WavFault> {
    let mut reader = hound::WavReader::new(Cursor::new(bytes)).map_err(format_fault)?;
    let spec = reader.spec();
    if usize::try_from(reader.len()).unwrap_or(usize::MAX) > format.samples_max() {
        return Err(WavFault::TooLong);
    }
    let samples: Result<Vec<i16>, hound::Error> = match spec.sample_format {
        hound::SampleFormat::Int => {
            let bits = spec.bits_per_sample;
            reader
                .samples::<i32>()
                .map(|sample| sample.map(|sample| narrow(sample, bits)))
                .collect()
        }
        hound::SampleFormat::Float => {
            let samples = reader.samples::<f32>();
            samples.map(|sample| sample.map(|sample| to_sample(sample * 32_768.0))).collect()
        }
    };
    samples.map_err(format_fault)
}

fn narrow(sample: i32, bits: u16) -> i16 {
    let shifted = match bits.checked_sub(16) {
        Some(surplus) => sample >> surplus.min(16),
        None => sample << (16 - bits),
    };
    i16::try_from(shifted).unwrap_or(if shifted < 0 { i16::MIN } else { i16::MAX })
}

fn mix(samples: &[i16], channels: u16) -> Vec<i16> {
    let average = |frame: &[i16]| {
        let sum: i32 = frame.iter().map(|&sample| i32::from(sample)).sum();
        i16::try_from(sum / i32::from(channels)).unwrap_or(0)
    };
    samples.chunks_exact(usize::from(channels)).map(average).collect()
}

/// Brings `samples` to 8 kHz through a windowed sinc, one filter for each phase between the rates.
fn resample(samples: &[i16], rate: u32) -> Vec<i16> {
    if rate == SAMPLE_RATE {
        return samples.to_vec();
    }
    let common = greatest_common_divisor(rate, SAMPLE_RATE);
    let (step, phases) = (u64::from(rate / common), u64::from(SAMPLE_RATE / common));
    let filters: Vec<Vec<f32>> = (0..phases).map(|phase| filter(phase, phases, rate)).collect();
    let length = u64::try_from(samples.len()).unwrap_or(u64::MAX);
    let count = length.saturating_mul(phases).div_ceil(step);
    let at = |output: u64| {
        let place = output * step;
        let filter = usize::try_from(place % phases).ok().and_then(|phase| filters.get(phase));
        filter.map_or(0, |taps| apply(taps, samples, place / phases))
    };
    (0..count).map(at).collect()
}

/// How many input samples the filter reaches to either side.
fn reach(rate: u32) -> u32 {
    (FILTER_CROSSINGS * rate).div_ceil(SAMPLE_RATE)
}

fn filter(phase: u64, phases: u64, rate: u32) -> Vec<f32> {
    let reach = i32::try_from(reach(rate)).unwrap_or(i32::MAX);
    let shift = ratio(phase, phases);
    // Twice the edge in cycles per input sample: the sinc's zero crossings per sample.
    let width = 2.0 * FILTER_EDGE * f64::from(SAMPLE_RATE) / f64::from(rate);
    let tap = |place: i32| {
        let x = f64::from(place) - shift;
        let turn = std::f64::consts::PI * x * width;
        let sinc = if turn.abs() < 1e-9 { 1.0 } else { turn.sin() / turn };
        let window = std::f64::consts::PI * x / (f64::from(reach) + 1.0);
        sinc * (0.42 + 0.5 * window.cos() + 0.08 * (2.0 * window).cos())
    };
    let taps: Vec<f64> = (-reach..=reach).map(tap).collect();
    let sum: f64 = taps.iter().sum();
    taps.into_iter().map(|tap| single(tap / sum)).collect()
}

fn apply(taps: &[f32], samples: &[i16], centre: u64) -> i16 {
    let centre = usize::try_from(centre).unwrap_or(usize::MAX);
    let reach = taps.len() / 2;
    let skipped = reach.saturating_sub(centre);
    let first = centre.saturating_sub(reach);
    let heard = samples.get(first..).unwrap_or_default();
    let used = taps.get(skipped..).unwrap_or_default();
    to_sample(used.iter().zip(heard).map(|(tap, &sample)| tap * f32::from(sample)).sum())
}

fn greatest_common_divisor(a: u32, b: u32) -> u32 {
    if b == 0 { a } else { greatest_common_divisor(b, a % b) }
}

fn ratio(part: u64, whole: u64) -> f64 {
    let exact = |count: u64| f64::from(u32::try_from(count).unwrap_or(u32::MAX));
    exact(part) / exact(whole)
}

#[expect(clippy::cast_possible_truncation, reason = "a filter tap needs no more than 24 bits")]
fn single(value: f64) -> f32 {
    value as f32
}

#[expect(clippy::cast_possible_truncation, reason = "clamped to the range of a sample")]
fn to_sample(value: f32) -> i16 {
    value.round().clamp(f32::from(i16::MIN), f32::from(i16::MAX)) as i16
}

fn format_fault(fault: hound::Error) -> WavFault {
    WavFault::Format(fault.to_string())
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::audio::tone::{Tone, share};

    #[test]
    fn what_is_written_reads_back() {
        let samples: Vec<i16> = Tone::new(440.0, 12_000).take(4_000).collect();
        assert_eq!(read(&write(&samples).unwrap()), Ok(samples));
    }

    #[test]
    fn the_usual_rates_all_come_down_to_eight_thousand() {
        for rate in [8_000, 11_025, 16_000, 22_050, 24_000, 32_000, 44_100, 48_000] {
            check_rate(rate);
        }
    }

    #[test]
    fn what_a_telephone_cannot_carry_is_filtered_out() {
        let file = pcm(16_000, 2, 1, &sine(16_000, 6_000.0, 16_000));
        let samples = read(&file).unwrap();
        assert!(samples[200..7_000].iter().all(|sample| sample.abs() < 40));
    }

    #[test]
    fn both_laws_are_read() {
        for (tag, codec) in [(6, Codec::Pcma), (7, Codec::Pcmu)] {
            let tone: Vec<i16> = Tone::new(1_000.0, 9_000).take(1_600).collect();
            let bytes: Vec<u8> = tone.iter().map(|&sample| g711::encode(codec, sample)).collect();
            let samples = read(&riff(tag, 8_000, 1, 8, &bytes)).unwrap();
            assert_eq!(samples.len(), 1_600);
            assert!(share(&samples, 1_000.0) > 0.99, "{codec:?}");
        }
    }

    #[test]
    fn two_channels_are_mixed_into_one() {
        let pairs: Vec<i16> = [100, 300].repeat(800);
        assert_eq!(read(&pcm(8_000, 2, 2, &pairs)), Ok(vec![200; 800]));
    }

    #[test]
    fn a_broken_file_is_a_value() {
        assert_eq!(read(b"RIF"), Err(WavFault::NotWav));
        assert_eq!(read(b"RIFF    WAVEfmt "), Err(WavFault::Chunk("fmt")));
        assert_eq!(read(&riff(6, 4_000, 1, 8, &[])), Err(WavFault::Rate(4_000)));
        assert_eq!(read(&riff(7, 8_000, 0, 8, &[])), Err(WavFault::Channels(0)));
        let whole = write(&[7; 400]).unwrap();
        for end in 0..whole.len() {
            let _ = read(&whole[..end]);
        }
    }

    fn check_rate(rate: u32) {
        let file = pcm(rate, 2, 1, &sine(rate, 1_000.0, rate as usize));
        let samples = read(&file).unwrap();
        assert!(samples.len().abs_diff(8_000) <= 1, "{rate}: {}", samples.len());
        assert!(share(&samples[400..7_600], 1_000.0) > 0.999, "{rate}");
        let peak = samples[400..7_600].iter().copied().max().unwrap();
        assert!((9_900..=10_100).contains(&peak), "{rate}: {peak}");
    }

    fn sine(rate: u32, hertz: f64, count: usize) -> Vec<i16> {
        let step = std::f64::consts::TAU * hertz / f64::from(rate);
        (0..count).map(|at| to_sample(single((at as f64 * step).sin()) * 10_000.0)).collect()
    }

    fn pcm(rate: u32, width: u16, channels: u16, samples: &[i16]) -> Vec<u8> {
        let bytes: Vec<u8> = samples.iter().flat_map(|sample| sample.to_le_bytes()).collect();
        riff(1, rate, channels, width * 8, &bytes)
    }

    fn riff(tag: u16, rate: u32, channels: u16, bits: u16, body: &[u8]) -> Vec<u8> {
        let block = channels * bits / 8;
        let mut file = b"RIFF\0\0\0\0WAVEfmt \x10\0\0\0".to_vec();
        file.extend(tag.to_le_bytes());
        file.extend(channels.to_le_bytes());
        file.extend(rate.to_le_bytes());
        file.extend((rate * u32::from(block)).to_le_bytes());
        file.extend(block.to_le_bytes());
        file.extend(bits.to_le_bytes());
        file.extend(b"data");
        file.extend(u32::try_from(body.len()).unwrap().to_le_bytes());
        file.extend(body);
        file
    }
}
