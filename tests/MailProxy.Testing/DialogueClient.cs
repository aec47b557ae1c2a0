using System.Buffers;
using System.IO.Enumeration;
using System.Text;
using MailProxy.Transport.Tls;
using Microsoft.AspNetCore.Connections;

namespace MailProxy.Testing;

/// <summary>One peer of a line dialogue, over any connection. Text is Latin-1, so every octet can be written and read.</summary>
/// <param name="connection">Owned: disposing the client disposes it.</param>
public sealed class DialogueClient(ConnectionContext connection) : IAsyncDisposable
{
    // A dialogue that hangs is a failure of the test, not of the whole run; generous, because build machines stall.
    private static readonly TimeSpan Patience = TimeSpan.FromSeconds(20);

    /// <summary>The connection itself.</summary>
    public ConnectionContext Connection => connection;

    /// <summary>Sends octets as they are.</summary>
    public Task SendAsync(string text) => SendAsync(text, Patience);

    /// <summary>The same, where the peer may be slow to read.</summary>
    public async Task SendAsync(string text, TimeSpan patience)
    {
        var result = await connection.Transport.Output.WriteAsync(Encoding.Latin1.GetBytes(text)).AsTask().WaitAsync(patience);
        if (result.IsCanceled)
        {
            throw new InvalidOperationException("The write was cancelled.");
        }
    }

    /// <summary>Sends a line and its CRLF.</summary>
    public Task SendLineAsync(string line) => SendAsync(line + "\r\n");

    /// <summary>The next line without CRLF; null at the end of the connection.</summary>
    public Task<string?> ReadLineAsync() => ReadLineAsync(Patience);

    private async Task<string?> ReadLineAsync(TimeSpan patience)
    {
        var input = connection.Transport.Input;
        while (true)
        {
            var result = await input.ReadAsync().AsTask().WaitAsync(patience);
            var end = result.Buffer.PositionOf((byte)'\n');
            if (end is not null)
            {
                var line = Text(result.Buffer.Slice(0, end.Value));
                input.AdvanceTo(result.Buffer.GetPosition(1, end.Value));
                return line.TrimEnd('\r');
            }

            if (result.IsCompleted)
            {
                var rest = Text(result.Buffer);
                input.AdvanceTo(result.Buffer.End);
                return rest.Length == 0 ? null : rest;
            }

            input.AdvanceTo(result.Buffer.Start, result.Buffer.End);
        }
    }

    /// <summary>Exactly so many octets, as text.</summary>
    public async Task<string> ReadAsync(int octets)
    {
        var result = await connection.Transport.Input.ReadAtLeastAsync(octets).AsTask().WaitAsync(Patience);
        if (result.Buffer.Length < octets)
        {
            throw new DialogueException($"Expected {octets} octets, but the connection ended after {result.Buffer.Length}.");
        }

        var text = Text(result.Buffer.Slice(0, octets));
        connection.Transport.Input.AdvanceTo(result.Buffer.GetPosition(octets));
        return text;
    }

    /// <summary>Reads a line that must match; <c>*</c> and <c>?</c> are wildcards, a backslash takes their meaning. Returns it.</summary>
    public Task<string> ExpectAsync(string pattern) => ExpectAsync(pattern, Patience);

    /// <summary>The same, where it may take long.</summary>
    public async Task<string> ExpectAsync(string pattern, TimeSpan patience)
    {
        var line = await ReadLineAsync(patience) ?? throw new DialogueException($"Expected '{pattern}', but the connection ended.");
        return FileSystemName.MatchesSimpleExpression(pattern, line, ignoreCase: false)
            ? line
            : throw new DialogueException($"Expected '{pattern}', got '{line}'.");
    }

    /// <summary>Reads lines up to the first that matches, e.g. a tagged reply; returns them all.</summary>
    public async Task<IReadOnlyList<string>> ExpectUntilAsync(string pattern)
    {
        var lines = new List<string>();
        do
        {
            lines.Add(await ReadLineAsync() ?? throw new DialogueException($"Expected '{pattern}', but the connection ended after:\n{string.Join('\n', lines)}"));
        }
        while (!FileSystemName.MatchesSimpleExpression(pattern, lines[^1], ignoreCase: false));
        return lines;
    }

    /// <summary>The connection must end now, in order, without another line.</summary>
    public async Task ExpectEndAsync()
    {
        if (await ReadLineAsync() is { } line)
        {
            throw new DialogueException($"Expected the end of the connection, got '{line}'.");
        }
    }

    /// <summary>The connection must be gone now, in order or by a reset, without another line.</summary>
    public async Task ExpectGoneAsync()
    {
        try
        {
            await ExpectEndAsync();
        }
        catch (ConnectionResetException)
        {
            // Cut: gone as well.
        }
    }

    /// <summary>Reads whatever comes up to the end of the connection, in order or by a reset.</summary>
    public async Task ReadToTheEndAsync()
    {
        try
        {
            while (await ReadLineAsync() is not null)
            {
            }
        }
        catch (ConnectionResetException)
        {
            // Cut: an end as well.
        }
    }

    /// <summary>Becomes a TLS client; fails unless that is Done.</summary>
    public async Task BecomeEncryptedAsync(TlsClientSettings settings)
    {
        var outcome = await connection.Features.Get<ITlsFeature>()!.BecomeClientAsync(settings, CancellationToken.None).AsTask().WaitAsync(Patience);
        if (outcome != TlsOutcome.Done)
        {
            throw new DialogueException($"TLS: {outcome}.");
        }
    }

    /// <summary>Ends our direction; the peer's last words can still be read.</summary>
    public ValueTask EndAsync() => connection.Transport.Output.CompleteAsync();

    /// <inheritdoc/>
    public ValueTask DisposeAsync() => connection.DisposeAsync();

    private static string Text(in ReadOnlySequence<byte> octets) => Encoding.Latin1.GetString(octets);
}
