namespace MailProxy.Store.Engine;

/// <summary>Made once at delivery, kept in the database, sent as it stands. All three are in the wire form of FETCH (RFC 9051 7.5.2).</summary>
/// <param name="Envelope">The parenthesized list behind <c>ENVELOPE </c>.</param>
/// <param name="Body">Behind <c>BODY </c>.</param>
/// <param name="BodyStructure">Behind <c>BODYSTRUCTURE </c>.</param>
public sealed record MessageStructure(byte[] Envelope, byte[] Body, byte[] BodyStructure);
