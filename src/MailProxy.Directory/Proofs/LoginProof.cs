using MailProxy.Directory.Passwords;

namespace MailProxy.Directory.Proofs;

/// <summary>What a client shows in place of a password. Made for one attempt of one connection; no verdict on it is ever repeated.</summary>
public abstract class LoginProof
{
    private protected LoginProof()
    {
    }

    /// <summary>
    /// True when the proxy has verified the client itself, and the directory is only asked who the user is. False: it is compared with what is stored, and
    /// may be a guess.
    /// </summary>
    public virtual bool IsVerified => false;

    /// <summary>What the server proves to the client in turn, once the proof was right (<see cref="AuthenticationResult.LastChallenge"/>); null: nothing.</summary>
    public ReadOnlyMemory<byte>? Answer { get; private protected set; }

    /// <summary>What makes one failed proof another than the next. Not the password: that cannot be told from a proof.</summary>
    internal abstract ReadOnlyMemory<byte> Mark { get; }

    /// <summary>Does what is stored prove it? False too when nothing can be told from what is stored.</summary>
    internal abstract bool Matches(PasswordHash stored);

    /// <inheritdoc/>
    public override string ToString() => "***";
}
