namespace MailProxy.Directory.Proofs;

/// <summary>What a SCRAM client needs to make a user's keys of the password (RFC 5802 5.1).</summary>
/// <param name="Salt">Random octets, no secret.</param>
/// <param name="Rounds">PBKDF2 iterations.</param>
public sealed record ScramParameters(ReadOnlyMemory<byte> Salt, int Rounds);
