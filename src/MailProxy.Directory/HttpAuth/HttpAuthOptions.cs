using System.Security.Cryptography;
using System.Security.Cryptography.X509Certificates;

namespace MailProxy.Directory.HttpAuth;

/// <summary>The HTTP provider: a service that speaks nginx's auth_http protocol (ngx_mail_auth_http_module).</summary>
public sealed class HttpAuthOptions
{
    // Names that stand for something in the question itself.
    private static readonly string[] Reserved = ["Host", "Connection", "Content-Length", "Transfer-Encoding", "Traceparent"];

    /// <summary>The service's URLs, http or https; the first that answers is asked, so the one to prefer comes first.</summary>
    public List<string> Urls { get; set; } = [];

    /// <summary>For one question to one URL, connecting included. nginx waits 60 s; users give up before, and a second URL may know.</summary>
    public TimeSpan Timeout { get; set; } = TimeSpan.FromSeconds(5);

    /// <summary>Connections to each URL, kept alive: with 20 ms for an answer, 32 carry 1,600 logins/s.</summary>
    public int Connections { get; set; } = 32;

    /// <summary>Logins that may wait for one of a URL's connections; each holds a session and a task, about a kilobyte. As many as wait for a password's comparison.</summary>
    public int Waiting { get; set; } = 4096;

    /// <summary>The longest <c>Auth-Wait</c> that is obeyed: beyond it clients give up and come back, which helps nobody.</summary>
    public TimeSpan LongestWait { get; set; } = TimeSpan.FromSeconds(30);

    /// <summary>How often one login is asked again because the service said <c>Auth-Status: WAIT</c>. nginx has no bound.</summary>
    public int Repeats { get; set; } = 5;

    /// <summary>What a URL that failed is left alone for at first; doubled with each failure, shuffled. A restart takes a second.</summary>
    public TimeSpan ShortestPause { get; set; } = TimeSpan.FromSeconds(1);

    /// <summary>What that pause grows to.</summary>
    public TimeSpan LongestPause { get; set; } = TimeSpan.FromMinutes(1);

    /// <summary>Further request headers as <c>Name: value</c>, like nginx's <c>auth_http_header</c>.</summary>
    public List<string> Headers { get; set; } = [];

    /// <summary>PEM file with the CAs that sign the service's certificate; empty: the system's.</summary>
    public string Authorities { get; set; } = "";

    /// <summary>PEM file with our certificate towards the service; empty: none.</summary>
    public string ClientCertificate { get; set; } = "";

    /// <summary>PEM file with its key.</summary>
    public string ClientKey { get; set; } = "";

    /// <summary>Send the client's verified certificate too (<c>Auth-SSL-Cert</c>), like nginx's <c>auth_http_pass_client_cert</c>.</summary>
    public bool PassClientCertificate { get; set; }

    /// <summary>
    /// What the service decides by besides name, password, protocol and TLS yes or no, of <see cref="DecidingFacts"/>: a kept answer is good for the same
    /// of these only, so what is left out here must not matter to it. Empty: all that it is told; <c>none</c>: nothing else.
    /// </summary>
    public List<string> DecidesBy { get; set; } = [];

    /// <summary>Domains that are ours, for MX and LMTP. Empty: none with <see cref="HttpLookUp.None"/>; the service decides with <see cref="HttpLookUp.Auth"/>.</summary>
    public List<string> Domains { get; set; } = [];

    /// <summary>How an address is looked up.</summary>
    public HttpLookUp LookUp { get; set; } = HttpLookUp.None;

    // The service is told all of it but the address the client connected to.
    private const DecidingFacts Told = DecidingFacts.All & ~DecidingFacts.LocalAddress;

    /// <summary><see cref="DecidesBy"/> as flags.</summary>
    internal DecidingFacts Facts => DecidesBy.Count == 0 ? Told : DecidesBy.Aggregate(DecidingFacts.None, (all, name) => all | Enum.Parse<DecidingFacts>(name, ignoreCase: true));

    /// <summary><see cref="Headers"/> as names and values.</summary>
    internal IEnumerable<KeyValuePair<string, string>> HeaderPairs => Headers.Select(Split);

    /// <summary>Every error, as <c>path: what to do</c>. Reads files, asks no server.</summary>
    public IEnumerable<string> Validate(string path)
    {
        if (Urls.Count == 0)
        {
            yield return $"{path}:{nameof(Urls)}: names no service; give at least one URL, like \"http://127.0.0.1:9000/auth\".";
        }

        for (var index = 0; index < Urls.Count; index++)
        {
            if (ProblemOf(Urls[index]) is { } problem)
            {
                yield return $"{path}:{nameof(Urls)}:{index}: {problem}.";
            }
        }

        foreach (var (name, value, least, most) in new[]
        {
            (nameof(Timeout), Timeout, TimeSpan.FromMilliseconds(50), TimeSpan.FromMinutes(1)), (nameof(LongestWait), LongestWait, TimeSpan.Zero, TimeSpan.FromMinutes(2)),
            (nameof(ShortestPause), ShortestPause, TimeSpan.FromMilliseconds(10), TimeSpan.FromMinutes(1)), (nameof(LongestPause), LongestPause, ShortestPause, TimeSpan.FromHours(1)),
        })
        {
            if (value < least || value > most)
            {
                yield return $"{path}:{name}: give a time from {least} to {most}.";
            }
        }

        foreach (var (name, value, least, most) in new[]
        {
            (nameof(Connections), Connections, 1, 10_000), (nameof(Waiting), Waiting, 0, 1_000_000), (nameof(Repeats), Repeats, 0, 100),
        })
        {
            if (value < least || value > most)
            {
                yield return $"{path}:{name}: give a number from {least} to {most}.";
            }
        }

        // Values may be secrets: they are not repeated.
        for (var index = 0; index < Headers.Count; index++)
        {
            var (name, value) = Split(Headers[index]);
            if (!IsName(name) || value.Length == 0 || !value.All(character => character is >= ' ' and <= '~'))
            {
                yield return $"{path}:{nameof(Headers)}:{index}: give 'Name: value' in printable ASCII; none of {string.Join(", ", Reserved)} can be set.";
            }
        }

        foreach (var name in DecidesBy.Where(name => !Enum.GetNames<DecidingFacts>().Contains(name, StringComparer.OrdinalIgnoreCase)))
        {
            yield return $"{path}:{nameof(DecidesBy)}: '{name}' is none of {string.Join(", ", Enum.GetNames<DecidingFacts>())}.";
        }

        foreach (var domain in Domains.Where(domain => Uri.CheckHostName(domain) != UriHostNameType.Dns))
        {
            yield return $"{path}:{nameof(Domains)}: '{domain}' is no domain.";
        }

        foreach (var error in ValidateFiles(path))
        {
            yield return error;
        }
    }

    private static KeyValuePair<string, string> Split(string header) =>
        header.IndexOf(':', StringComparison.Ordinal) is > 0 and var colon ? new(header[..colon], header[(colon + 1)..].Trim(' ')) : new("", "");

    private static string? ProblemOf(string url) => !Uri.TryCreate(url, UriKind.Absolute, out var uri) || uri.Scheme is not ("http" or "https")
        ? $"'{url}' is no http or https URL"
        : uri.UserInfo.Length > 0
            ? "holds a password; give it by Headers, where it is not logged"
            : uri.Fragment.Length > 0 ? "has a fragment, which servers never see" : null;

    private static bool IsName(string name) =>
        name.Length is > 0 and <= 64 && name.All(character => char.IsAsciiLetterOrDigit(character) || character == '-')
        && !Reserved.Contains(name, StringComparer.OrdinalIgnoreCase);

    private IEnumerable<string> ValidateFiles(string path)
    {
        if ((ClientCertificate.Length == 0) != (ClientKey.Length == 0))
        {
            yield return $"{path}:{nameof(ClientKey)}: a certificate and its key belong together; give both or none.";
        }
        else if (ClientCertificate.Length > 0 && FileProblem(() => HttpAuthTls.LoadCertificate(this)?.Dispose()) is { } problem)
        {
            yield return $"{path}:{nameof(ClientCertificate)}: cannot be used: {problem}";
        }

        if (Authorities.Length > 0 && FileProblem(() => HttpAuthTls.LoadAuthorities(Authorities)) is { } other)
        {
            yield return $"{path}:{nameof(Authorities)}: '{Authorities}' cannot be used: {other}";
        }
    }

    private static string? FileProblem(Action load)
    {
        try
        {
            load();
            return null;
        }
        catch (Exception exception) when (exception is IOException or UnauthorizedAccessException or CryptographicException or ArgumentException)
        {
            return exception.Message;
        }
    }
}
