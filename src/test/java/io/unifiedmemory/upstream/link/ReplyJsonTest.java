package io.unifiedmemory.upstream.link;

import static org.assertj.core.api.Assertions.assertThat;

import io.modelcontextprotocol.json.McpJsonMapper;
import io.modelcontextprotocol.json.TypeRef;
import io.modelcontextprotocol.json.jackson3.JacksonMcpJsonMapper;
import io.modelcontextprotocol.spec.McpSchema;
import io.modelcontextprotocol.spec.McpSchema.CallToolResult;
import io.modelcontextprotocol.spec.McpSchema.JSONRPCResponse;
import io.unifiedmemory.memory.util.Json;
import java.util.Map;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

/** What is taken as it was read is what the SDK's own mapper makes of it. */
class ReplyJsonTest {

    private final McpJsonMapper sdk = new JacksonMcpJsonMapper(Json.mapper());
    private final McpJsonMapper json = new ReplyJson(sdk);

    @ParameterizedTest
    @ValueSource(
            strings = {
                "{'jsonrpc':'2.0','id':7,'result':{'content':[]}}",
                "{'jsonrpc':'2.0','id':'a-1','result':{'content':[{'type':'text','text':'x'}],'n':1.50,'deep':[{'a':null}]}}",
                "{'jsonrpc':'2.0','id':7,'error':{'code':-32602,'message':'no','data':{'a':1}}}",
                "{'jsonrpc':'2.0','id':12345678901,'result':{}}",
                "{'jsonrpc':'2.0','id':7,'result':{},'error':null,'more':1}",
                "{'jsonrpc':'2.0','id':7,'result':[1,2]}",
                "{'jsonrpc':'2.0','method':'ping','id':7}",
                "{'jsonrpc':'2.0','method':'notifications/message','params':{'level':'info'}}"
            })
    void aMessageIsReadAsTheSdkReadsIt(String line) throws Exception {
        String text = line.replace('\'', '"');
        assertThat(McpSchema.deserializeJsonRpcMessage(json, text))
                .isEqualTo(McpSchema.deserializeJsonRpcMessage(sdk, text));
    }

    @ParameterizedTest
    @ValueSource(
            strings = {
                "{'content':[]}",
                "{'content':[{'type':'text','text':'one'},{'text':'two','type':'text'}],'isError':false}",
                "{'content':[{'type':'text','text':'no'}],'isError':true,'structuredContent':{'a':[1,2.5,'x',null]}}",
                "{'content':[],'structuredContent':[1],'_meta':{'a/b':{'c':1}},'resultType':'complete'}",
                "{'content':[{'type':'text','text':'x','_meta':{'a':1}}]}",
                "{'content':[{'type':'text','text':'x','annotations':{'priority':0.5}}]}",
                "{'content':[{'type':'image','data':'AA==','mimeType':'image/png'}]}"
            })
    void aResultIsReadAsTheSdkReadsIt(String line) throws Exception {
        Object read = sdk.readValue(line.replace('\'', '"'), new TypeRef<Map<String, Object>>() {});
        TypeRef<CallToolResult> type = new TypeRef<>() {};
        assertThat(json.convertValue(read, type)).isEqualTo(sdk.convertValue(read, type));
    }

    @Test
    void theContentOfAReplyIsNotCopied() throws Exception {
        Map<String, Object> message = sdk.readValue(
                "{\"jsonrpc\":\"2.0\",\"id\":1,\"result\":{\"content\":[],\"structuredContent\":{\"a\":1}}}",
                new TypeRef<Map<String, Object>>() {});
        JSONRPCResponse response = json.convertValue(message, JSONRPCResponse.class);
        CallToolResult result = json.convertValue(response.result(), new TypeRef<CallToolResult>() {});
        assertThat(response.result()).isSameAs(message.get("result"));
        assertThat(result.structuredContent()).isSameAs(((Map<?, ?>) response.result()).get("structuredContent"));
    }
}
