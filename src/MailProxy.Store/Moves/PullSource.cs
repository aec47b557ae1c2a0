using System.Globalization;
using System.Net;
using System.Net.Http.Json;
using System.Text.Json;
using System.Text.Json.Serialization.Metadata;
using MailProxy.Store.Moves.Export;

namespace MailProxy.Store.Moves;

/// <summary>
/// The source of a pull. What it sends is bounded: a page is 256 messages, and no answer but a message's content is kept that is longer than the client's
/// <see cref="HttpClient.MaxResponseContentBufferSize"/>. Failures are <see cref="PullFailedException"/>.
/// </summary>
internal sealed class PullSource(HttpClient http, Uri from, string user, string move)
{
    /// <summary>Longest answer that is kept in memory: 100,000 names of 500 octets.</summary>
    public const int MaxAnswerOctets = 64 * 1024 * 1024;

    private readonly string _query = $"?move={Uri.EscapeDataString(move)}";
    private readonly string _base = new Uri(from, $"/moves/users/{Uri.EscapeDataString(user)}/export").AbsoluteUri;

    /// <summary>Names and counters.</summary>
    public async Task<ExportHead> HeadAsync(CancellationToken cancellationToken) =>
        await GetAsync("", "", ExportJson.Default.ExportHead, cancellationToken) ?? throw new PullFailedException($"{from} has no export of {user}.");

    /// <summary>Changed messages; null when the mailbox is gone.</summary>
    public Task<ExportPage?> ChangesAsync(ulong mailbox, ulong since, uint after, CancellationToken cancellationToken) => GetAsync(
        Of(mailbox), string.Create(CultureInfo.InvariantCulture, $"&since={since}&after={after}"), ExportJson.Default.ExportPage, cancellationToken);

    /// <summary>Every UID; null when the mailbox is gone.</summary>
    public Task<ExportUids?> UidsAsync(ulong mailbox, CancellationToken cancellationToken) =>
        GetAsync(Of(mailbox) + "/uids", "", ExportJson.Default.ExportUids, cancellationToken);

    /// <summary>Copies that the user took since a time of the source's clock, behind a digest; null: the source is of an earlier version and remembers none.</summary>
    public Task<ExportTaken?> TakenAsync(byte[] after, long since, CancellationToken cancellationToken) =>
        GetAsync("/taken", string.Create(CultureInfo.InvariantCulture, $"&after={Convert.ToHexString(after)}&since={since}"), ExportJson.Default.ExportTaken, cancellationToken);

    /// <summary>Hands over a message's content as it comes. False: the message is gone. A source that is silent for <paramref name="stall"/> fails.</summary>
    public async Task<bool> ReadAsync(ulong mailbox, uint uid, Func<ReadOnlyMemory<byte>, ValueTask> take, TimeSpan stall, CancellationToken cancellationToken)
    {
        using var deadline = CancellationTokenSource.CreateLinkedTokenSource(cancellationToken);
        deadline.CancelAfter(stall);
        try
        {
            var address = _base + Of(mailbox) + string.Create(CultureInfo.InvariantCulture, $"/{uid}") + _query;
            using var response = await http.GetAsync(address, HttpCompletionOption.ResponseHeadersRead, deadline.Token);
            if (response.StatusCode == HttpStatusCode.NotFound)
            {
                return false;
            }

            await ThrowUnlessDoneAsync(response, deadline.Token);
            await using var content = await response.Content.ReadAsStreamAsync(deadline.Token);
            var piece = new byte[16 * 1024];
            int read;
            while ((read = await content.ReadAsync(piece, deadline.Token)) > 0)
            {
                deadline.CancelAfter(stall);
                await take(piece.AsMemory(0, read));
            }

            return true;
        }
        catch (Exception exception) when (IsOfTheNet(exception, cancellationToken))
        {
            throw Failed(exception);
        }
    }

    private static string Of(ulong mailbox) => string.Create(CultureInfo.InvariantCulture, $"/{mailbox}");

    private static bool IsOfTheNet(Exception exception, CancellationToken cancellationToken) =>
        exception is HttpRequestException or IOException or JsonException || (exception is OperationCanceledException && !cancellationToken.IsCancellationRequested);

    private async Task<T?> GetAsync<T>(string path, string query, JsonTypeInfo<T> type, CancellationToken cancellationToken)
        where T : class
    {
        try
        {
            using var response = await http.GetAsync(_base + path + _query + query, cancellationToken);
            if (response.StatusCode == HttpStatusCode.NotFound)
            {
                return null;
            }

            await ThrowUnlessDoneAsync(response, cancellationToken);
            return await response.Content.ReadFromJsonAsync(type, cancellationToken);
        }
        catch (Exception exception) when (IsOfTheNet(exception, cancellationToken))
        {
            throw Failed(exception);
        }
    }

    private PullFailedException Failed(Exception exception) => new(
        $"The source at {from} did not answer as it should: {exception.InnerException?.Message ?? exception.Message} Look at its certificate and at both stores' logs, then pull again.", exception);

    private async Task ThrowUnlessDoneAsync(HttpResponseMessage response, CancellationToken cancellationToken)
    {
        if (response.IsSuccessStatusCode)
        {
            return;
        }

        throw new PullFailedException(response.StatusCode switch
        {
            HttpStatusCode.Forbidden => $"The source at {from} does not trust this store's certificate: name it in the source's Access:TrustedStores.",
            var status => $"The source at {from} answered {(int)status}: {await response.Content.ReadAsStringAsync(cancellationToken)}",
        });
    }
}
