using System.Net;
using System.Security.Authentication;
using System.Security.Cryptography.X509Certificates;
using MailProxy.Directory;
using MailProxy.Proxy.Accept;
using MailProxy.Proxy.Count;
using MailProxy.Proxy.Failures;
using MailProxy.Routing.Decisions;
using MailProxy.Transport.Serving;
using MailProxy.Transport.Tls;
using Microsoft.AspNetCore.Connections;

namespace MailProxy.Proxy.Sessions;

/// <summary>What is known of one session so far: the source of its log line.</summary>
internal sealed class SessionContext(ulong number, ListenerOptions listener, ConnectionContext connection, TimeProvider time) : IClientFacts
{
    // wire.md: the loop guard starts at 5.
    private const int FirstTtl = 5;

    private readonly long _startedAt = time.GetTimestamp();
    private PhaseTimes _phases;
    private bool? _isTrusted;
    private long _phaseStartedAt = time.GetTimestamp();

    /// <summary>Unique in the cluster for all purposes: random, 64 bit, base-32.</summary>
    public string Id => SessionIds.TextOf(number);

    /// <summary><see cref="Id"/> as a number.</summary>
    public ulong Number => number;

    /// <summary>Where it came in.</summary>
    public ListenerOptions Listener => listener;

    /// <summary>The client's connection.</summary>
    public ConnectionContext Connection => connection;

    /// <summary>TLS of the client's connection.</summary>
    public ITlsFeature? Tls => connection.Features.Get<ITlsFeature>();

    /// <summary>The same once it is encrypted, else null: for other threads, which must not ask a live connection for its features.</summary>
    public ITlsFeature? Encrypted { get; set; }

    /// <summary>Version and cipher suite, or <c>none</c>.</summary>
    public string TlsText => Encrypted is { } tls ? $"{tls.Protocol} {tls.CipherSuite}{(tls.IsResumed == true ? " resumed" : "")}"
        : Word is { Tls: { } ended } ? $"{ended.Version} {ended.Cipher}".Trim() + $" at {Word.Peer?.Address}"
        : "none";

    /// <summary>The client's address: the connection's, or what a trusted peer said; null in memory.</summary>
    public IPEndPoint? Client { get; private set; } = Unmapped(connection.RemoteEndPoint);

    /// <summary>The address the client connected to.</summary>
    public IPEndPoint? Local => Word?.Local ?? Unmapped(connection.LocalEndPoint);

    /// <summary>What trusted peers said of the client; null: nobody speaks for it.</summary>
    public ClientWord? Word { get; private set; }

    /// <summary>The peer, or whom a PROXY header names, may say for which client it speaks. Asked before that is heard, because it changes the client.</summary>
    public bool IsTrusted => _isTrusted ??= !listener.Trusted.IsEmpty && listener.Trusted.Contains(Client);

    /// <summary>The loop guard that is sent to stores: one less than a trusted peer said, else where it starts.</summary>
    public int TimeToLive => Word?.TimeToLive is { } left ? left - 1 : FirstTtl;

    /// <summary>The client's TLS is ours, or it ended at a trusted peer: a password may be sent.</summary>
    public bool IsPrivate => Tls is { IsEncrypted: true } || Word?.Tls is not null;

    /// <summary>The phase it is in.</summary>
    public SessionPhase Phase { get; private set; }

    /// <summary>It got as far as the splice.</summary>
    public bool IsSpliced => Phase == SessionPhase.Splicing;

    /// <summary>Canonical user name, once authenticated.</summary>
    public string? User { get; set; }

    /// <summary>The home the directory named, if any.</summary>
    public string? DirectoryHome { get; set; }

    /// <summary>Where the user was routed and why, once decided.</summary>
    public RouteDecision? Route { get; set; }

    /// <summary>It is counted among the user's live sessions, and has to be counted out.</summary>
    public bool HasPlace { get; set; }

    /// <summary>What it is counted under, once there is a <see cref="User"/>.</summary>
    public SessionPlace Place => new(number, User!, ClientNetwork.Of(Client));

    /// <summary>Failed logins so far.</summary>
    public int FailedLogins { get; set; }

    /// <summary>The last failure and its detail.</summary>
    public ProxyFailure? Failure { get; set; }

    /// <summary>Detail of the last failure, for the log.</summary>
    public string FailureDetail { get; set; } = "";

    /// <summary>How it ended, e.g. <c>client closed</c>.</summary>
    public string EndedBy { get; set; } = "";

    /// <summary>Octets from client to store.</summary>
    public long BytesIn { get; set; }

    /// <summary>Octets from store to client.</summary>
    public long BytesOut { get; set; }

    /// <summary>Messages taken by the relay.</summary>
    public int Messages { get; set; }

    /// <summary>Age.</summary>
    public TimeSpan Elapsed => time.GetElapsedTime(_startedAt);

    /// <inheritdoc/>
    string IClientFacts.Listener => listener.Name;

    /// <inheritdoc/>
    string IClientFacts.SessionId => Id;

    /// <inheritdoc/>
    string? IClientFacts.ServerName => Tls?.ServerName;

    /// <inheritdoc/>
    int IClientFacts.Attempt => FailedLogins + 1;

    /// <inheritdoc/>
    SslProtocols IClientFacts.TlsProtocol => Tls?.Protocol ?? SslProtocols.None;

    /// <inheritdoc/>
    string IClientFacts.CipherSuite => Tls?.CipherSuite ?? "";

    /// <inheritdoc/>
    X509Certificate2? IClientFacts.Certificate => Tls?.VerifiedPeerCertificate;

    /// <summary>A trusted peer says for whom it speaks. What it does not say stays as it is.</summary>
    /// <param name="client">Null: not said.</param>
    /// <param name="word">What else it says.</param>
    public void SpeaksFor(IPEndPoint? client, ClientWord word)
    {
        word = word with { Local = Unmapped(word.Local) };
        Word = Word?.With(word) ?? word with { Peer = Client };
        Client = Unmapped(client) ?? Client;
    }

    /// <summary>Goes on to a phase; the time of the one before is booked to it.</summary>
    public void Enter(SessionPhase phase)
    {
        var now = time.GetTimestamp();
        var microseconds = _phases[(int)Phase] + time.GetElapsedTime(_phaseStartedAt, now).TotalMicroseconds;
        _phases[(int)Phase] = microseconds < uint.MaxValue ? (uint)microseconds : uint.MaxValue;
        _phaseStartedAt = now;
        Phase = phase;
    }

    /// <summary>Time spent in a phase that is over.</summary>
    public TimeSpan TimeIn(SessionPhase phase) => TimeSpan.FromMicroseconds(_phases[(int)phase]);

    // A dual-stack listener sees IPv4 clients as ::ffff:192.0.2.1; stores and people know them as 192.0.2.1.
    private static IPEndPoint? Unmapped(EndPoint? endPoint) =>
        endPoint is IPEndPoint { Address.IsIPv4MappedToIPv6: true } mapped ? new IPEndPoint(mapped.Address.MapToIPv4(), mapped.Port) : endPoint as IPEndPoint;

    /// <summary>Notes a failure.</summary>
    public void Fail(ProxyFailure failure, string detail)
    {
        Failure = failure;
        FailureDetail = detail;
    }
}
