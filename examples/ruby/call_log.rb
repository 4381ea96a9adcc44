# Prints how many calls one's own call log has of January 2024 and how many are under way, and fetches
# the newest recording. Needs RC_SERVER_URL, RC_APP_CLIENT_ID, RC_APP_CLIENT_SECRET and RC_USER_JWT.

require 'digest'
require 'json'
require 'net/http'

# A server that speaks RingCentral's API, and somebody who is signed in to it.
class Platform
  EXTENSION = '/restapi/v1.0/account/~/extension/~'.freeze

  def initialize(server, client_id, client_secret)
    @server = server
    @client = [client_id, client_secret]
  end

  def sign_in(jwt)
    request = Net::HTTP::Post.new(URI("#{@server}/restapi/oauth/token"))
    request.basic_auth(*@client)
    request.set_form_data(grant_type: 'urn:ietf:params:oauth:grant-type:jwt-bearer', assertion: jwt)
    @token = JSON.parse(send_request(request).body)['access_token']
  end

  def get(url)
    send_request(Net::HTTP::Get.new(URI(url), 'Authorization' => "Bearer #{@token}"))
  end

  # All records of a list, whatever number of pages it has.
  def records(path, query = {})
    return enum_for(:records, path, query) unless block_given?

    url = "#{@server}#{EXTENSION}#{path}?#{URI.encode_www_form(query)}"
    while url
      page = JSON.parse(get(url).body)
      page['records'].each { |record| yield record }
      url = page.dig('navigation', 'nextPage', 'uri')
    end
  end

  private

  # After 429, waits as long as the server says, then asks again.
  def send_request(request)
    uri = request.uri
    loop do
      response = Net::HTTP.start(uri.host, uri.port, use_ssl: uri.scheme == 'https') { |http| http.request(request) }
      case response
      when Net::HTTPSuccess then return response
      when Net::HTTPTooManyRequests then wait(response)
      else raise "#{response.code} #{reason(response)}"
      end
    end
  end

  def wait(response)
    wait_s = Integer(response['Retry-After'] || 60)
    warn "waiting #{wait_s} s"
    sleep wait_s
  end

  def reason(response)
    said = JSON.parse(response.body)
    said['message'] || said['error_description']
  rescue JSON::ParserError
    response.message
  end
end

def variable(name)
  value = ENV.fetch(name, '')
  value.empty? ? raise("#{name} is not set") : value
end

def main
  client = [variable('RC_APP_CLIENT_ID'), variable('RC_APP_CLIENT_SECRET')]
  platform = Platform.new(variable('RC_SERVER_URL'), *client)
  platform.sign_in(variable('RC_USER_JWT'))

  january = { dateFrom: '2024-01-01T00:00:00.000Z', dateTo: '2024-01-31T23:59:59.999Z' }
  calls = platform.records('/call-log', view: 'Detailed', perPage: 1000, **january).to_a
  puts "calls #{calls.size} legs #{calls.sum { |call| call.fetch('legs', []).size }}"
  puts "active #{platform.records('/active-calls').count}"

  recording = calls.filter_map { |call| call['recording'] }.first
  return puts('recording none') unless recording

  response = platform.get(recording['contentUri'])
  extension = response.content_type == 'audio/mpeg' ? 'mp3' : 'wav'
  File.binwrite("#{recording['id']}.#{extension}", response.body)
  sha256 = Digest::SHA256.hexdigest(response.body)
  puts "recording #{recording['id']} #{response.body.bytesize} bytes sha256 #{sha256}"
end

begin
  main
rescue RuntimeError, SystemCallError, SocketError, OpenSSL::SSL::SSLError => error
  abort "error: #{error.message}"
end
