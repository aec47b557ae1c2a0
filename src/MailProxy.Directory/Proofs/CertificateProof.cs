using MailProxy.Directory.Passwords;

namespace MailProxy.Directory.Proofs;

/// <summary>A client certificate that was verified in the handshake, and whose name is the user's (SASL EXTERNAL, RFC 4422 A). Nothing stored is compared.</summary>
public sealed class CertificateProof : LoginProof
{
    /// <inheritdoc/>
    public override bool IsVerified => true;

    /// <inheritdoc/>
    internal override ReadOnlyMemory<byte> Mark => default;

    /// <summary>Never: whoever compares has not asked <see cref="IsVerified"/>.</summary>
    internal override bool Matches(PasswordHash stored) => false;
}
