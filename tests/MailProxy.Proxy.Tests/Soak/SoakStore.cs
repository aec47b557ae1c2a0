using System.Globalization;
using System.Net;
using System.Net.Sockets;
using System.Security.Authentication;
using System.Security.Cryptography.X509Certificates;

namespace MailProxy.Proxy.Tests.Soak;

/// <summary>
/// An IMAP store as far as a login needs one, and then four commands: <c>GET n</c> sends octets, <c>PUT n</c> reads them, <c>CUT n</c> leaves in the
/// middle of them, <c>STUCK n</c> does not read for so many milliseconds and leaves. One in eight connections it leaves before it has logged anybody in.
/// </summary>
internal sealed class SoakStore : IAsyncDisposable
{
    private readonly Socket _listening = new(AddressFamily.InterNetwork, SocketType.Stream, ProtocolType.Tcp);
    private readonly CancellationTokenSource _stop = new();
    private readonly X509Certificate2? _certificate;
    private readonly Random _random;
    private readonly Task _accepting;
    private int _live;

    public SoakStore(X509Certificate2? certificate, int seed)
    {
        (_certificate, _random) = (certificate, new Random(seed));
        _listening.Bind(new IPEndPoint(IPAddress.Loopback, 0));
        _listening.Listen(512);
        _accepting = AcceptAsync();
    }

    public int Port => ((IPEndPoint)_listening.LocalEndPoint!).Port;

    /// <summary>Connections now.</summary>
    public int Live => Volatile.Read(ref _live);

    public async ValueTask DisposeAsync()
    {
        await _stop.CancelAsync();
        _listening.Dispose();
        await _accepting;
        _stop.Dispose();
    }

    private async Task AcceptAsync()
    {
        var serving = new List<Task>();
        while (!_stop.IsCancellationRequested)
        {
            try
            {
                var socket = await _listening.AcceptAsync(_stop.Token);
                Interlocked.Increment(ref _live);
                serving.Add(ServeAsync(new SoakSocket(socket), new Random(_random.Next())));
                serving.RemoveAll(task => task.IsCompletedSuccessfully);
            }
            catch (Exception exception) when (exception is OperationCanceledException or SocketException or ObjectDisposedException)
            {
                // The soak is over, or the dialler went away again.
            }
        }

        await Task.WhenAll(serving);
    }

    private async Task ServeAsync(SoakSocket peer, Random random)
    {
        using (peer)
        {
            try
            {
                if (random.Next(2) == 0)
                {
                    peer.WillReset();
                }

                var leaves = random.Next(8) == 0 ? random.Next(3) : int.MaxValue;
                if (leaves > 0 && _certificate is not null)
                {
                    await peer.BecomeServerAsync(_certificate, _stop.Token);
                }

                if (leaves > 1)
                {
                    await peer.SendAsync("* OK [CAPABILITY IMAP4rev1 SASL-IR AUTH=PLAIN] soak\r\n", _stop.Token);
                }

                if (leaves > 2 && await peer.ReadLineAsync(_stop.Token) is { } login)
                {
                    await peer.SendAsync($"{login.Split(' ')[0]} OK [CAPABILITY IMAP4rev1] in\r\n", _stop.Token);
                    await ServeCommandsAsync(peer);
                }
            }
            catch (Exception exception) when (exception is IOException or OperationCanceledException or AuthenticationException or SocketException or ObjectDisposedException)
            {
                // The other side broke off: that is what it is for.
            }
        }

        Interlocked.Decrement(ref _live);
    }

    private async Task ServeCommandsAsync(SoakSocket peer)
    {
        while (await peer.ReadLineAsync(_stop.Token) is { } line)
        {
            var words = line.Split(' ');
            var number = words.Length > 2 ? int.Parse(words[2].AsSpan().Trim("{+}"), CultureInfo.InvariantCulture) : 0;
            switch (words[1])
            {
                case "GET":
                    await SendAsync(peer, number);
                    await peer.SendAsync(")\r\n", _stop.Token);
                    break;
                case "PUT":
                    var wrong = await peer.ReadPatternAsync(number, _stop.Token);
                    await peer.ReadLineAsync(_stop.Token);
                    await peer.SendAsync($"{words[0]} {(wrong is null ? "OK" : "WRONG " + wrong)}\r\n", _stop.Token);
                    continue;
                case "CUT":
                    await SendAsync(peer, number);
                    return;
                case "STUCK":
                    await SoakPause.OfAsync(number, _stop.Token);
                    return;
            }

            await peer.SendAsync($"{words[0]} OK\r\n", _stop.Token);
        }
    }

    private async Task SendAsync(SoakSocket peer, int octets)
    {
        await peer.SendAsync($"* 1 FETCH (BODY[] {{{octets.ToString(CultureInfo.InvariantCulture)}}}\r\n", _stop.Token);
        for (var at = 0; at < octets;)
        {
            var piece = SoakPattern.From(at, octets - at);
            await peer.SendAsync(piece, _stop.Token);
            at += piece.Length;
        }
    }
}
