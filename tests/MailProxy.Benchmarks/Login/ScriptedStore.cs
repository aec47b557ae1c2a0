using System.Net;
using System.Net.Sockets;

namespace MailProxy.Benchmarks.Login;

/// <summary>An IMAP store that says yes to everybody, to one connection after the other, on a thread of its own.</summary>
internal sealed class ScriptedStore : IDisposable
{
    private readonly Socket _listener = new(AddressFamily.InterNetwork, SocketType.Stream, ProtocolType.Tcp);
    private readonly byte[] _received = new byte[4_096];
    private readonly Thread _thread;
    private volatile bool _isStopping;

    public ScriptedStore()
    {
        _listener.Bind(new IPEndPoint(IPAddress.Loopback, 0));
        _listener.Listen();
        _thread = new Thread(Serve) { IsBackground = true, Name = "scripted store" };
        _thread.Start();
    }

    public int Port => ((IPEndPoint)_listener.LocalEndPoint!).Port;

    public void Dispose()
    {
        _isStopping = true;
        _listener.Dispose();
        _thread.Join();
    }

    private void Serve()
    {
        try
        {
            while (true)
            {
                using var proxy = _listener.Accept();
                proxy.NoDelay = true;
                Answer(proxy);
            }
        }
        catch (SocketException) when (_isStopping)
        {
            // The listener was closed to end this thread.
        }
    }

    // LOGIN comes as one line with the tag L, LOGOUT with the client's; each in one piece over loopback.
    private void Answer(Socket proxy)
    {
        proxy.Send("* OK [CAPABILITY IMAP4rev1 SASL-IR LITERAL+ AUTH=PLAIN] store\r\n"u8);
        if (proxy.Receive(_received) > 0)
        {
            proxy.Send("L OK [CAPABILITY IMAP4rev1 IDLE] Logged in\r\n"u8);
        }

        if (proxy.Receive(_received) > 0)
        {
            proxy.Send("* BYE\r\nb OK LOGOUT\r\n"u8);
        }
    }
}
