//! Sets the library up for one offer, and has it answer.

use std::net::SocketAddr;
use std::time::Instant;

use rtc::ice::mdns::MulticastDnsMode;
use rtc::interceptor::Registry;
use rtc::media_stream::MediaStreamTrack;
use rtc::peer_connection::configuration::RTCConfigurationBuilder;
use rtc::peer_connection::configuration::interceptor_registry::configure_rtcp_reports;
use rtc::peer_connection::configuration::media_engine::{
    MIME_TYPE_PCMA, MIME_TYPE_PCMU, MIME_TYPE_TELEPHONE_EVENT, MediaEngine,
};
use rtc::peer_connection::configuration::setting_engine::{SettingEngine, SettingEngineBuilder};
use rtc::peer_connection::sdp::RTCSessionDescription;
use rtc::peer_connection::transport::{RTCDtlsRole, RTCIceCandidateInit};
use rtc::peer_connection::{RTCPeerConnection, RTCPeerConnectionBuilder};
use rtc::rtp_transceiver::RTCRtpSenderId;
use rtc::rtp_transceiver::rtp_sender::{
    RTCRtpCodec, RTCRtpCodecParameters, RTCRtpCodingParameters, RTCRtpEncodingParameters,
    RtpCodecKind,
};
use rtc::shared::error::Error;

use super::fault::WebrtcFault;
use super::identity::Identity;
use super::offer::Offer;
use super::speech::Speech;
use crate::base::codec::Codec;
use crate::base::limit::{
    WEBRTC_CHECK_EVERY, WEBRTC_CHECKS_MAX, WEBRTC_KEEPALIVE, WEBRTC_LOST_AFTER, WEBRTC_SILENCE,
};

/// A connection that has answered and waits for the browser's checks.
pub(super) struct Answer {
    pub(super) connection: RTCPeerConnection,
    pub(super) sender: RTCRtpSenderId,
    /// Our ICE user fragment.
    pub(super) fragment: String,
    /// The SDP, complete with our candidate.
    pub(super) text: String,
}

impl Answer {
    /// # Errors
    ///
    /// In the library's words: the offer's values were all checked before.
    pub(super) fn to(
        now: Instant,
        offer: &Offer,
        speech: &Speech,
        identity: &Identity,
        advertised: SocketAddr,
    ) -> Result<Self, WebrtcFault> {
        let configuration =
            RTCConfigurationBuilder::new().with_certificates(vec![identity.certificate()]).build();
        let engine = engine_for(offer).map_err(refused("setting the codecs"))?;
        let mut connection = RTCPeerConnectionBuilder::new()
            .with_configuration(configuration)
            .with_setting_engine(settings())
            .with_media_engine(engine)
            .with_interceptor_registry(configure_rtcp_reports(Registry::new()))
            .build(now)
            .map_err(refused("making the connection"))?;
        let sender = connection.add_track(track(speech)).map_err(refused("adding our audio"))?;
        let text = negotiate(&mut connection, now, offer, advertised)
            .map_err(refused("answering the offer"))?;
        let named = text.lines().find_map(|line| line.strip_prefix("a=ice-ufrag:"));
        let fragment = named.map(|fragment| fragment.trim_end().to_owned());
        let fragment = fragment.ok_or_else(|| WebrtcFault::Library {
            what: "answering the offer",
            why: "the answer has no ice-ufrag".to_owned(),
        })?;
        Ok(Self { connection, sender, fragment, text })
    }
}

fn negotiate(
    connection: &mut RTCPeerConnection,
    now: Instant,
    offer: &Offer,
    advertised: SocketAddr,
) -> Result<String, Error> {
    connection.set_remote_description(now, RTCSessionDescription::offer(offer.plain())?)?;
    let (address, port) = (advertised.ip(), advertised.port());
    // RFC 8445 §5.1.2.1: a host's preference 126, the only address 65,535, component 1.
    let candidate = format!("candidate:1 1 udp 2130706431 {address} {port} typ host");
    connection.add_local_candidate(RTCIceCandidateInit { candidate, ..Default::default() })?;
    connection.add_local_candidate(RTCIceCandidateInit::default())?;
    let answer = connection.create_answer(None)?;
    let text = answer.sdp.clone();
    connection.set_local_description(now, answer)?;
    Ok(text)
}

/// The library's own patience is as long as ours, so that it never gives up first while it hears.
fn settings() -> SettingEngine {
    SettingEngineBuilder::new()
        .with_answering_dtls_role(RTCDtlsRole::Client)
        .with_ice_timeouts(Some(WEBRTC_SILENCE), Some(WEBRTC_LOST_AFTER), Some(WEBRTC_KEEPALIVE))
        .with_ice_connection_attempts(Some(WEBRTC_CHECK_EVERY), Some(WEBRTC_CHECKS_MAX))
        .with_multicast_dns_mode(MulticastDnsMode::Disabled)
        .build()
}

/// Exactly the codecs of the offer, so that the answer repeats it.
fn engine_for(offer: &Offer) -> Result<MediaEngine, Error> {
    let mut engine = MediaEngine::default();
    let mut register = |payload_type, rtp_codec| {
        let codec = RTCRtpCodecParameters { rtp_codec, payload_type };
        engine.register_codec(codec, RtpCodecKind::Audio)
    };
    for codec in offer.codecs() {
        register(codec.payload_type(), library_codec(*codec))?;
    }
    if let Some(number) = offer.telephone_event() {
        register(number, narrow_band(MIME_TYPE_TELEPHONE_EVENT))?;
    }
    Ok(engine)
}

fn track(speech: &Speech) -> MediaStreamTrack {
    let rtp_coding_parameters =
        RTCRtpCodingParameters { ssrc: Some(speech.ssrc), ..Default::default() };
    let codec = library_codec(speech.codec);
    let encoding = RTCRtpEncodingParameters { rtp_coding_parameters, codec, ..Default::default() };
    let name = |part: &str| format!("hatif-{part}");
    let (stream, track, label) = (name("stream"), name("audio"), name("audio"));
    MediaStreamTrack::new(stream, track, label, RtpCodecKind::Audio, vec![encoding])
}

fn library_codec(codec: Codec) -> RTCRtpCodec {
    match codec {
        Codec::Pcma => narrow_band(MIME_TYPE_PCMA),
        Codec::Pcmu => narrow_band(MIME_TYPE_PCMU),
    }
}

fn narrow_band(mime_type: &str) -> RTCRtpCodec {
    RTCRtpCodec { mime_type: mime_type.to_owned(), clock_rate: 8_000, ..Default::default() }
}

pub(super) fn refused(what: &'static str) -> impl Fn(Error) -> WebrtcFault {
    move |error| WebrtcFault::Library { what, why: error.to_string() }
}
