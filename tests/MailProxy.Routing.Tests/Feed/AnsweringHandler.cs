using System.Net;

namespace MailProxy.Routing.Tests.Feed;

/// <summary>An HTTP server that is one function: path and query in, status and body out.</summary>
internal sealed class AnsweringHandler(Func<string, (int Status, string Body)> answer) : HttpMessageHandler
{
    protected override Task<HttpResponseMessage> SendAsync(HttpRequestMessage request, CancellationToken cancellationToken)
    {
        var (status, body) = answer(request.RequestUri!.PathAndQuery);
        var response = new HttpResponseMessage((HttpStatusCode)status) { Content = new StringContent(body) };
        response.Headers.Add("X-Consul-Index", "9");
        return Task.FromResult(response);
    }
}
