using System.Buffers;
using System.Text;
using MailProxy.Proxy.Failures;
using MailProxy.Proxy.Wire;

namespace MailProxy.Proxy.Authenticate;

/// <summary>The protocols whose commands are lines (POP3, submission).</summary>
internal abstract class LineDialogue(MailWire wire, DialogueSettings settings) : CommandDialogue<byte[]>(wire, settings)
{
    /// <summary>Longest command line, CRLF included, octets.</summary>
    protected abstract int LineLimit { get; }

    /// <inheritdoc/>
    protected override string Malformed => "Lines end in CRLF and hold no NUL.";

    /// <inheritdoc/>
    protected override ValueTask<WireRead<byte[]>> ReadCommandAsync(CancellationToken cancellationToken) => Wire.ReadLineAsync(LineLimit, cancellationToken);

    /// <inheritdoc/>
    protected override bool IsHttp(byte[] command) => HttpVerbs.StartsHttp(command);

    /// <inheritdoc/>
    protected override void Clear(byte[] command) => Array.Clear(command);

    /// <summary>Runs AUTH: <c>mechanism [SP initial-response]</c>.</summary>
    protected ValueTask<Outcome<LoginAttempt>?> AuthenticateAsync(ReadOnlySequence<byte> argument, CancellationToken cancellationToken)
    {
        var space = argument.PositionOf((byte)' ');
        var mechanism = Encoding.UTF8.GetString(space is { } end ? argument.Slice(0, end) : argument);
        var initialResponse = space is { } start ? argument.Slice(argument.GetPosition(1, start)).ToArray() : null;
        return AuthenticateAsync(mechanism, initialResponse, null, cancellationToken);
    }
}
