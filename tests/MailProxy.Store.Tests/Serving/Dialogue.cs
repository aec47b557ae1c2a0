using System.Buffers;
using System.IO.Pipelines;
using System.Security.Cryptography.X509Certificates;
using System.Text;
using MailProxy.Protocols;
using MailProxy.Protocols.Lines;
using MailProxy.Transport.Tls;
using Microsoft.AspNetCore.Connections;
using Microsoft.AspNetCore.Http.Features;
using Xunit;

namespace MailProxy.Store.Tests.Serving;

/// <summary>
/// The client's side of a dialogue with a server that runs beside it. Scripts have a line each for what the client says (<c>C: </c>) and what the
/// server must say (<c>S: </c>; with <c>*</c> at its end: begin with), <c>TLS</c> for the handshake, <c>END</c> for the server's end. Lines of
/// the client that follow each other go out at once.
/// </summary>
internal sealed class Dialogue : IAsyncDisposable
{
    // A server that says nothing shall fail the test, not hang it.
    private static readonly TimeSpan Patience = TimeSpan.FromSeconds(20);

    private readonly CancellationTokenSource _stop = new();
    private readonly CancellationTokenSource _patience = new(Patience);
    private readonly ConnectionPair _pair;
    private readonly X509Certificate2? _certificate;
    private bool _isDisposed;

    private Dialogue(ConnectionPair pair, X509Certificate2? certificate, Func<ConnectionContext, CancellationToken, Task> serve)
    {
        _pair = pair;
        _certificate = certificate;
        Served = ServeAsync();

        async Task ServeAsync()
        {
            await serve(pair.Server, _stop.Token);
            await pair.Server.DisposeAsync();
        }
    }

    /// <summary>The server's task, and what its acceptor does behind it; it never faults.</summary>
    public Task Served { get; }

    /// <summary>The client's end.</summary>
    public ConnectionContext Client => _pair.Client;

    /// <summary>A connection in clear; the certificate is for TLS in the script.</summary>
    public static async Task<Dialogue> InClearAsync(Func<ConnectionContext, CancellationToken, Task> serve, X509Certificate2? certificate = null) =>
        new(await ConnectionPair.ConnectAsync(), certificate, serve);

    /// <summary>A connection with implicit TLS.</summary>
    public static async Task<Dialogue> WithTlsAsync(Func<ConnectionContext, CancellationToken, Task> serve, X509Certificate2? certificate) =>
        new(await ConnectionPair.ConnectWithTlsAsync(certificate), certificate, serve);

    /// <summary>Asks the server to stop.</summary>
    public Task StopServerAsync() => _stop.CancelAsync();

    /// <summary>Plays a script.</summary>
    public async Task PlayAsync(string script)
    {
        foreach (var line in script.Split('\n').Select(line => line.TrimEnd('\r')).Where(line => line.Length > 0))
        {
            switch (line)
            {
                case "TLS":
                    await FlushAsync();
                    var outcome = await Client.Features.GetRequiredFeature<ITlsFeature>().BecomeClientAsync(Certificates.ClientSettings(_certificate), _patience.Token);
                    Assert.Equal(TlsOutcome.Done, outcome);
                    break;
                case "END":
                    await FlushAsync();
                    Assert.Null(await ReadLineAsync());
                    await Served.WaitAsync(_patience.Token);
                    break;
                case var _ when line.StartsWith("C: ", StringComparison.Ordinal):
                    Encoding.Latin1.GetBytes(line[3..] + "\r\n", Client.Transport.Output);
                    break;
                case var _ when line.StartsWith("S: ", StringComparison.Ordinal):
                    await FlushAsync();
                    await ExpectAsync(line[3..]);
                    break;
                default:
                    throw new ArgumentException($"Not a line of a script: {line}");
            }
        }

        await FlushAsync();
    }

    /// <summary>Sends octets as they are.</summary>
    public async Task SendAsync(string octets) => await Client.Transport.Output.WriteAsync(Encoding.Latin1.GetBytes(octets), _patience.Token);

    /// <summary>The next line, or null when the server has ended.</summary>
    public async Task<string?> ReadLineAsync()
    {
        var input = Client.Transport.Input;
        while (true)
        {
            ReadResult result;
            try
            {
                result = await input.ReadAsync(_patience.Token);
            }
            catch (Exception exception) when (exception is IOException or ConnectionAbortedException && !_patience.IsCancellationRequested)
            {
                return null;
            }

            if (LineReader.TryReadLine(result.Buffer, 1_000_000, out var line, out var end) == ReadStatus.Done)
            {
                var text = Encoding.Latin1.GetString(line);
                input.AdvanceTo(end);
                return text;
            }

            Assert.False(result.IsCompleted && !result.Buffer.IsEmpty, $"ended within: {Encoding.Latin1.GetString(result.Buffer)}");
            if (result.IsCompleted)
            {
                input.AdvanceTo(result.Buffer.End);
                return null;
            }

            input.AdvanceTo(result.Buffer.Start, result.Buffer.End);
        }
    }

    /// <summary>Reads exactly so many octets.</summary>
    public async Task<string> ReadOctetsAsync(int count)
    {
        var result = await Client.Transport.Input.ReadAtLeastAsync(count, _patience.Token);
        var octets = result.Buffer.Slice(0, count);
        var text = Encoding.Latin1.GetString(octets);
        Client.Transport.Input.AdvanceTo(octets.End);
        return text;
    }

    public async ValueTask DisposeAsync()
    {
        if (_isDisposed)
        {
            return;
        }

        _isDisposed = true;
        Client.Abort();
        await Served.WaitAsync(_patience.Token);
        await _pair.DisposeAsync();
        _stop.Dispose();
        _patience.Dispose();
    }

    private async Task ExpectAsync(string expected)
    {
        var line = await ReadLineAsync();
        if (expected.EndsWith('*'))
        {
            Assert.StartsWith(expected[..^1], line, StringComparison.Ordinal);
        }
        else
        {
            Assert.Equal(expected, line);
        }
    }

    private async Task FlushAsync() => await Client.Transport.Output.FlushAsync(_patience.Token);
}
