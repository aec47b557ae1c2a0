using System.Buffers;
using System.Text;
using MailProxy.Proxy.Failures;
using MailProxy.Proxy.StoreLogin;
using MailProxy.Proxy.Wire;

namespace MailProxy.Proxy.Authenticate;

/// <summary>
/// The shared core of the protocols whose commands are lines (POP3, submission): one loop that reads, counts and hands each line to the
/// protocol. IMAP has literals and stands apart.
/// </summary>
internal abstract class LineDialogue(MailWire wire, DialogueSettings settings) : IClientDialogue
{
    private int _junk;

    /// <summary>The client.</summary>
    protected MailWire Wire => wire;

    /// <summary>What the dialogue was given.</summary>
    protected DialogueSettings Settings => settings;

    /// <summary>Longest command line, CRLF included, octets.</summary>
    protected abstract int LineLimit { get; }

    /// <inheritdoc/>
    public abstract ValueTask GreetAsync(CancellationToken cancellationToken);

    /// <inheritdoc/>
    public async ValueTask<Outcome<LoginAttempt>> ReadLoginAsync(CancellationToken cancellationToken)
    {
        while (true)
        {
            var line = await wire.ReadLineAsync(LineLimit, cancellationToken);
            Outcome<LoginAttempt>? step;
            switch (line.Status)
            {
                case WireStatus.Closed:
                    return Outcome<LoginAttempt>.Failed(ProxyFailure.ClientLeft, "closed");
                case WireStatus.TooLong:
                    return Outcome<LoginAttempt>.Failed(ProxyFailure.LineTooLong);
                case WireStatus.Malformed:
                    step = await ReplyAsync(Syntax("Lines end in CRLF and hold no NUL."), cancellationToken);
                    break;
                default:
                    step = HttpVerbs.StartsHttp(line.Value)
                        ? Outcome<LoginAttempt>.Failed(ProxyFailure.ClientProtocolError, "HTTP on a mail port")
                        : await ServeAsync(line.Value!, cancellationToken);

                    // It may have been a password.
                    Array.Clear(line.Value!);
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

    /// <summary>Serves one command. Null: the dialogue goes on.</summary>
    protected abstract ValueTask<Outcome<LoginAttempt>?> ServeAsync(byte[] line, CancellationToken cancellationToken);

    /// <summary>The protocol's reply to a line that is none of its grammar.</summary>
    protected abstract string Syntax(string text);

    /// <summary>The protocol's reply to a refused mechanism.</summary>
    protected abstract string UnknownMechanism { get; }

    /// <summary>The protocol's reply to <c>*</c>.</summary>
    protected abstract string Cancelled { get; }

    /// <summary>How the protocol writes a SASL challenge.</summary>
    protected abstract string FrameChallenge(string challenge);

    /// <summary>The line that answers STARTTLS or STLS.</summary>
    protected abstract string BeginTls { get; }

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
        return failure is { } failed ? Outcome<LoginAttempt>.Failed(failed, settings.Session.FailureDetail) : (Outcome<LoginAttempt>?)null;
    }

    /// <summary>Runs AUTH: <c>mechanism [SP initial-response]</c>.</summary>
    protected async ValueTask<Outcome<LoginAttempt>?> AuthenticateAsync(ReadOnlySequence<byte> argument, CancellationToken cancellationToken)
    {
        if (!settings.MayLogIn)
        {
            await RefuseAsync(ProxyFailure.TlsRequired, null, cancellationToken);
            return null;
        }

        var space = argument.PositionOf((byte)' ');
        var mechanism = Encoding.UTF8.GetString(space is { } end ? argument.Slice(0, end) : argument);
        var initialResponse = space is { } start ? argument.Slice(argument.GetPosition(1, start)).ToArray() : null;
        var (attempt, refusal) = await new SaslExchange(wire, settings, FrameChallenge).RunAsync(mechanism, initialResponse, cancellationToken);
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
