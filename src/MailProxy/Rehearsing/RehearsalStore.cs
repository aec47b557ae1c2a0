using System.Net;
using System.Net.Sockets;
using System.Text;
using MailProxy.Routing.Catalog;

namespace MailProxy.Rehearsing;

/// <summary>A store that says yes to everybody and keeps nothing, on free ports of loopback.</summary>
internal sealed class RehearsalStore : IDisposable
{
    // Long enough that its way is that of bulk.
    private static readonly byte[] Literal = Encoding.ASCII.GetBytes($"* 1 FETCH (BODY[] {{98304}}\r\n{new string('x', 98_304)})\r\n");

    private readonly Dictionary<StoreService, TcpListener> _listeners = [];

    public RehearsalStore()
    {
        foreach (var service in Services)
        {
            var listener = new TcpListener(IPAddress.Loopback, 0);
            listener.Start();
            _listeners[service] = listener;
            _ = AcceptAsync(service, listener);
        }
    }

    /// <summary>What it serves.</summary>
    public static IReadOnlyList<StoreService> Services { get; } = [StoreService.Imap, StoreService.Pop3, StoreService.Submission, StoreService.Lmtp];

    /// <summary>Where it serves it.</summary>
    public int Port(StoreService service) => ((IPEndPoint)_listeners[service].LocalEndpoint).Port;

    /// <inheritdoc/>
    public void Dispose()
    {
        foreach (var listener in _listeners.Values)
        {
            listener.Dispose();
        }
    }

    private static async Task AcceptAsync(StoreService service, TcpListener listener)
    {
        try
        {
            while (true)
            {
                _ = ServeAsync(service, await listener.AcceptSocketAsync());
            }
        }
        catch (Exception exception) when (exception is SocketException or ObjectDisposedException)
        {
            // The rehearsal is over.
        }
    }

    private static async Task ServeAsync(StoreService service, Socket socket)
    {
        using (socket)
        {
            try
            {
                socket.NoDelay = true;
                await socket.SendAsync(Encoding.ASCII.GetBytes(service switch
                {
                    StoreService.Imap => "* OK [CAPABILITY IMAP4rev1 SASL-IR LITERAL+ AUTH=PLAIN] ready\r\n",
                    StoreService.Pop3 => "+OK ready\r\n",
                    _ => "220 localhost ready\r\n",
                }));
                await AnswerAsync(service, socket);
            }
            catch (SocketException)
            {
                // The session was cut: the rehearsal is over.
            }
        }
    }

    private static async Task AnswerAsync(StoreService service, Socket socket)
    {
        var octets = new byte[16 * 1024];
        var length = 0;
        var isData = false;
        while (await socket.ReceiveAsync(octets.AsMemory(length)) is > 0 and var read)
        {
            length += read;
            int end;
            while ((end = octets.AsSpan(0, length).IndexOf("\r\n"u8)) >= 0)
            {
                var line = Encoding.ASCII.GetString(octets, 0, end);
                octets.AsSpan(end + 2, length - end - 2).CopyTo(octets);
                length -= end + 2;
                if (isData && line != ".")
                {
                    continue;
                }

                var reply = service switch
                {
                    StoreService.Imap => ToImap(line),
                    StoreService.Pop3 when line == "CAPA" => "+OK\r\nPIPELINING\r\n.\r\n"u8.ToArray(),
                    StoreService.Pop3 => "+OK done\r\n"u8.ToArray(),
                    _ => Encoding.ASCII.GetBytes(isData ? "250 2.0.0 kept\r\n" : ToSmtp(line)),
                };
                isData = !isData && line == "DATA";
                await socket.SendAsync(reply);
                if (line.EndsWith("LOGOUT", StringComparison.Ordinal) || line.StartsWith("QUIT", StringComparison.Ordinal))
                {
                    return;
                }
            }
        }
    }

    private static byte[] ToImap(string line)
    {
        var words = line.Split(' ');
        var tag = words[0];
        return words.ElementAtOrDefault(1) switch
        {
            "LOGIN" or "AUTHENTICATE" => Encoding.ASCII.GetBytes($"{tag} OK [CAPABILITY IMAP4rev1 IDLE] Logged in\r\n"),
            "FETCH" => [.. Literal, .. Encoding.ASCII.GetBytes($"{tag} OK done\r\n")],
            "LOGOUT" => Encoding.ASCII.GetBytes($"* BYE\r\n{tag} OK done\r\n"),
            _ => Encoding.ASCII.GetBytes($"{tag} OK done\r\n"),
        };
    }

    private static string ToSmtp(string line) => line.Split(' ')[0] switch
    {
        "EHLO" or "LHLO" => "250-localhost\r\n250-PIPELINING\r\n250-8BITMIME\r\n250-ENHANCEDSTATUSCODES\r\n250 AUTH PLAIN\r\n",
        "AUTH" => "235 2.7.0 Logged in\r\n",
        "DATA" => "354 go on\r\n",
        "QUIT" => "221 2.0.0 bye\r\n",
        _ => "250 2.0.0 done\r\n",
    };
}
