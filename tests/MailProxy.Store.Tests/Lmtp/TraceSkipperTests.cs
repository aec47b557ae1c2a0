using System.Text;
using MailProxy.Store.Lmtp;
using Xunit;

namespace MailProxy.Store.Tests.Lmtp;

public sealed class TraceSkipperTests
{
    private const string Rest = "Subject: x\r\n\r\nReceived: in the body\r\n";

    [Theory]
    [InlineData(Rest, Rest)]
    [InlineData("Received: from a\r\n" + Rest, Rest)]
    [InlineData("RECEIVED: from a\r\n\tby b;\r\n today\r\nreturn-path: <x>\r\nDelivered-To: y\r\n" + Rest, Rest)]
    [InlineData("Received:\r\n" + Rest, Rest)]
    [InlineData("Received: a\n" + Rest, Rest)]
    [InlineData("Received: a\r\nX-Received: b\r\nReceived: c\r\n", "X-Received: b\r\nReceived: c\r\n")]
    [InlineData("Received: a\r\nReceived-SPF: pass\r\n", "Received-SPF: pass\r\n")]
    [InlineData("Received : a\r\n" + Rest, "Received : a\r\n" + Rest)]
    [InlineData(" Received: a\r\n" + Rest, " Received: a\r\n" + Rest)]
    [InlineData("\tfolded from nothing\r\n", "\tfolded from nothing\r\n")]
    [InlineData("Received: a\r\n\r\nReceived: in the body\r\n", "\r\nReceived: in the body\r\n")]
    [InlineData("Delivered-To-More: a\r\n", "Delivered-To-More: a\r\n")]
    [InlineData("Received: a\r\n", "")]
    [InlineData("Received: a", "")]
    [InlineData("Received", "Received")]
    [InlineData("Received: a\r\nReturn-Pa", "Return-Pa")]
    [InlineData("\r\n", "\r\n")]
    [InlineData(":", ":")]
    [InlineData("", "")]
    public void The_trace_fields_in_front_are_left_out_however_the_octets_come(string message, string rest)
    {
        Assert.Equal(rest, Through(message, []));
        for (var cut = 0; cut <= message.Length; cut++)
        {
            Assert.Equal(rest, Through(message, [cut]));
        }

        Assert.Equal(rest, Through(message, Enumerable.Range(1, message.Length)));
    }

    private static string Through(string message, IEnumerable<int> cuts)
    {
        var skipper = new TraceSkipper();
        var rest = new StringBuilder();
        var from = 0;
        foreach (var to in cuts.Append(message.Length))
        {
            var taken = skipper.Take(Encoding.ASCII.GetBytes(message[from..to]), out var held);
            rest.Append(Encoding.ASCII.GetString(held)).Append(Encoding.ASCII.GetString(taken));
            from = to;
        }

        return rest.Append(Encoding.ASCII.GetString(skipper.End())).ToString();
    }
}
