using MailProxy.Proxy.Failures;
using MailProxy.Proxy.StoreLogin;
using MailProxy.Proxy.Wire;

namespace MailProxy.Proxy.Authenticate;

/// <summary>
/// The shared core of the protocols whose commands are answered one after the other (POP3, submission, ManageSieve): one loop that reads, counts and hands each
/// command to the protocol, STARTTLS and SASL. IMAP has tags and literals that are asked for, and stands apart.
/// </summary>
/// <typeparam name="TCommand">A command as the protocol's grammar has it.</typeparam>
internal abstract class CommandDialogue<TCommand>(MailWire wire, DialogueSettings settings) : IClientDialogue
    where TCommand : class
{
    private int _junk;

    /// <summary>The client.</summary>
    protected MailWire Wire => wire;

    /// <summary>What the dialogue was given.</summary>
    protected DialogueSettings Settings => settings;

    /// <summary>What a command that is none of the grammar is told.</summary>
    protected abstract string Malformed { get; }

    /// <summary>The protocol's reply to a refused mechanism.</summary>
    protected abstract string UnknownMechanism { get; }

    /// <summary>The protocol's reply to <c>*</c>.</summary>
    protected abstract string Cancelled { get; }

    /// <summary>The line that answers STARTTLS or STLS.</summary>
    protected abstract string BeginTls { get; }

    /// <inheritdoc/>
    public abstract ValueTask GreetAsync(CancellationToken cancellationToken);

    /// <inheritdoc/>
    public async ValueTask<Outcome<LoginAttempt>> ReadLoginAsync(CancellationToken cancellationToken)
    {
        while (true)
        {
            var read = await ReadCommandAsync(cancellationToken);
            Outcome<LoginAttempt>? step;
            switch (read.Status)
            {
                case WireStatus.Closed:
                    return Outcome<LoginAttempt>.Failed(ProxyFailure.ClientLeft, "closed");
                case WireStatus.TooLong:
                    return Outcome<LoginAttempt>.Failed(ProxyFailure.LineTooLong);
                case WireStatus.Malformed:
                    step = await ReplyAsync(Syntax(Malformed), cancellationToken);
                    break;
                default:
                    step = IsHttp(read.Value!)
                        ? Outcome<LoginAttempt>.Failed(ProxyFailure.ClientProtocolError, "HTTP on a mail port")
                        : await ServeAsync(read.Value!, cancellationToken);

                    // It may have been a password.
                    Clear(read.Value!);
                    break;
            }

            if (step is { } done)
            {
                return done;
            }

            if (++_junk > settings.Limits.JunkCommands)
            {
                return Outcome<LoginAttempt>.Failed(ProxyFailure.TooManyErrors);
            }
        }
    }

    /// <inheritdoc/>
    public abstract ValueTask RefuseAsync(ProxyFailure failure, string? userText, CancellationToken cancellationToken);

    /// <inheritdoc/>
    public abstract ValueTask AcceptAsync(StoreWelcome welcome, CancellationToken cancellationToken);

    /// <inheritdoc/>
    public abstract ValueTask GoodbyeAsync(ProxyFailure failure, CancellationToken cancellationToken);

    /// <summary>The next command.</summary>
    protected abstract ValueTask<WireRead<TCommand>> ReadCommandAsync(CancellationToken cancellationToken);

    /// <summary>True for what begins like an HTTP request.</summary>
    protected abstract bool IsHttp(TCommand command);

    /// <summary>Serves one command. Null: the dialogue goes on.</summary>
    protected abstract ValueTask<Outcome<LoginAttempt>?> ServeAsync(TCommand command, CancellationToken cancellationToken);

    /// <summary>Overwrites a command that was served.</summary>
    protected abstract void Clear(TCommand command);

    /// <summary>The protocol's reply to a command that is none of its grammar, or cannot be.</summary>
    protected abstract string Syntax(string text);

    /// <summary>How the protocol writes a SASL challenge.</summary>
    protected abstract string FrameChallenge(string challenge);

    /// <summary>Behind the handshake. Null: the dialogue goes on.</summary>
    protected virtual ValueTask<Outcome<LoginAttempt>?> TlsBegunAsync(CancellationToken cancellationToken) => default;

    /// <summary>Sends a reply and goes on.</summary>
    protected async ValueTask<Outcome<LoginAttempt>?> ReplyAsync(string text, CancellationToken cancellationToken) =>
        await wire.SendAsync(text, cancellationToken) ? (Outcome<LoginAttempt>?)null : Outcome<LoginAttempt>.Failed(ProxyFailure.ClientLeft, "closed");

    /// <summary>Runs STARTTLS or STLS.</summary>
    protected async ValueTask<Outcome<LoginAttempt>?> StartTlsAsync(CancellationToken cancellationToken)
    {
        if (!settings.OffersStartTls)
        {
            return await ReplyAsync(Syntax("TLS is not available."), cancellationToken);
        }

        await wire.SendAsync(BeginTls, cancellationToken);
        var failure = await ClientTls.BecomeServerAsync(settings.Session, settings.Tls!, settings.Limits.Handshake, settings.Deadline);
        return failure is { } failed ? Outcome<LoginAttempt>.Failed(failed, settings.Session.FailureDetail) : await TlsBegunAsync(cancellationToken);
    }

    /// <summary>Runs AUTH.</summary>
    /// <param name="mechanism">As the client names it.</param>
    /// <param name="initialResponse">Base64, or <c>=</c> for an empty one; null: none came with the command.</param>
    /// <param name="profile">Where responses are no lines; null: they are.</param>
    /// <param name="cancellationToken">The session's.</param>
    protected async ValueTask<Outcome<LoginAttempt>?> AuthenticateAsync(string mechanism, byte[]? initialResponse, ISaslProfile? profile, CancellationToken cancellationToken)
    {
        if (!settings.MayLogIn)
        {
            await RefuseAsync(ProxyFailure.TlsRequired, null, cancellationToken);
            return null;
        }

        var (attempt, refusal) = await new SaslExchange(wire, settings, FrameChallenge, profile).RunAsync(mechanism, initialResponse, cancellationToken);
        if (attempt is not null)
        {
            return attempt;
        }

        return refusal switch
        {
            SaslExchange.Refusal.Closed => Outcome<LoginAttempt>.Failed(ProxyFailure.ClientLeft, "closed"),
            SaslExchange.Refusal.TooLong => Outcome<LoginAttempt>.Failed(ProxyFailure.LineTooLong),
            SaslExchange.Refusal.UnknownMechanism => await ReplyAsync(UnknownMechanism, cancellationToken),
            SaslExchange.Refusal.Cancelled => await ReplyAsync(Cancelled, cancellationToken),
            _ => await ReplyAsync(Syntax("Invalid SASL response."), cancellationToken),
        };
    }
}
