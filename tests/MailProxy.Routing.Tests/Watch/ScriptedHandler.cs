using System.Net;
using System.Threading.Channels;

namespace MailProxy.Routing.Tests.Watch;

/// <summary>An HTTP server whose part the test plays: it sees each request, and answers when it likes.</summary>
internal sealed class ScriptedHandler : HttpMessageHandler
{
    // A bound for a broken build; requests end the wait.
    private static readonly TimeSpan Limit = TimeSpan.FromSeconds(20);

    private readonly Channel<(HttpRequestMessage Request, TaskCompletionSource<HttpResponseMessage> Answer)> requests =
        Channel.CreateUnbounded<(HttpRequestMessage, TaskCompletionSource<HttpResponseMessage>)>();

    private TaskCompletionSource<HttpResponseMessage>? open;

    /// <summary>The next request's path and query.</summary>
    public async Task<string> NextAsync()
    {
        var (request, answer) = await requests.Reader.ReadAsync().AsTask().WaitAsync(Limit);
        open = answer;
        return request.RequestUri!.PathAndQuery;
    }

    public void Answer(ulong index, string body = "[]", HttpStatusCode status = HttpStatusCode.OK)
    {
        var response = new HttpResponseMessage(status) { Content = new StringContent(body) };
        response.Headers.Add("x-consul-index", index.ToString(System.Globalization.CultureInfo.InvariantCulture));
        open!.SetResult(response);
    }

    public void Fail(Exception e) => open!.SetException(e);

    protected override async Task<HttpResponseMessage> SendAsync(HttpRequestMessage request, CancellationToken cancellationToken)
    {
        var answer = new TaskCompletionSource<HttpResponseMessage>(TaskCreationOptions.RunContinuationsAsynchronously);
        requests.Writer.TryWrite((request, answer));
        return await answer.Task.WaitAsync(cancellationToken);
    }
}
